import { CommandError } from '../../commands/index.ts';
import type { ToolContext } from '../contract.ts';
import type { AgentProcess } from './agentProcess.ts';
import { typingNeed } from './approvalNeed.ts';
import { clampedMs, type WriteArguments } from './arguments.ts';
import { refusalOf } from './asking.ts';
import type { ExecPorts } from './ports.ts';
import type { ProcessTable } from './processTable.ts';
import { lookedAtInTurn } from './turnTies.ts';
import { processReport, waitFor } from './waitFor.ts';

/** After something was typed, an answer is soon to come; who only waits means it. */
const TYPED_WAIT_MS = { least: 250, most: 30_000, unasked: 250 };
const IDLE_WAIT_MS = { least: 5_000, most: 300_000, unasked: 5_000 };

/** Types into a program that runs on, or waits for it, and tells what it has printed since. */
export async function writeStdin(
  args: WriteArguments,
  context: ToolContext,
  { clock }: ExecPorts,
  processes: ProcessTable,
): Promise<string> {
  const { session_id: id, chars = '' } = args;
  const process = processes.find(id);
  if (process === undefined) {
    return `There is no command running under session ID ${id}: it has ended, or there never was one.`;
  }
  const sinceMs = clock.nowMs();
  lookedAtInTurn(process, context, clock);
  if (chars !== '' && process.exitCode === undefined) {
    const refusal = await typedOrRefused(process, id, chars, context);
    if (refusal !== undefined) return refusal;
  }
  const waitMs = clampedMs(args.yield_time_ms, chars === '' ? IDLE_WAIT_MS : TYPED_WAIT_MS);
  await waitFor(process, waitMs, clock, context.signal);
  const report = processReport(process, id, args.max_output_tokens, sinceMs, clock);
  if (process.exitCode !== undefined) processes.forget(id);
  return report;
}

async function typedOrRefused(
  process: AgentProcess,
  id: number,
  chars: string,
  context: ToolContext,
): Promise<string | undefined> {
  if (!process.hasTerminal) {
    return `Session ${id} has no terminal and so no input. Run the command again with tty: true to type into it.`;
  }
  const need = typingNeed(context.approvalPolicy, process.isOutside);
  const { command, cwd } = process.shown.item;
  const typed = JSON.stringify(chars);
  const question = {
    kind: 'writeStdin',
    command,
    cwd,
    actions: [],
    justification: `The agent wants to type ${typed} into it.`,
    keysFor: () => [],
  } as const;
  const refusal = await refusalOf(need, question, context, process.isOutside);
  if (refusal !== undefined) return refusal;
  try {
    process.type(chars);
  } catch (error) {
    if (error instanceof CommandError) return `Nothing was typed: ${error.message}.`;
    throw error;
  }
  process.shown.typed(chars, id);
  return undefined;
}
