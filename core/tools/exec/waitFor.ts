import { type Clock, sleep } from '../../base/index.ts';
import type { AgentProcess } from './agentProcess.ts';
import { reportText } from './outputText.ts';

/** Resolves when the program has ended, when that time is over, or when nobody waits any more. */
export async function waitFor(
  { ended }: Pick<AgentProcess, 'ended'>,
  waitMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  await Promise.race([ended, sleep(clock, waitMs, AbortSignal.any([signal, over.signal]))]);
  over.abort();
}

/** What the model is told of it: all it has printed that was not told yet, and how it stands. */
export function processReport(
  process: AgentProcess,
  processId: number,
  maxTokens: number | undefined,
  sinceMs: number,
  clock: Clock,
): string {
  const { exitCode } = process;
  return reportText({
    wallTimeMs: clock.nowMs() - sinceMs,
    state: exitCode === undefined ? { type: 'running', processId } : { type: 'exited', exitCode },
    output: process.takeOutput(),
    maxTokens,
  });
}
