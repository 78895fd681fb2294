import type { Clock } from '../../base/index.ts';
import type { ToolContext } from '../contract.ts';
import type { AgentProcess } from './agentProcess.ts';
import { ShownCommand } from './shownCommand.ts';

/** What a turn has started ends when the user stops it; what outlives it is shown in it no longer. */
export function startedInTurn(process: AgentProcess, { turn }: ToolContext): void {
  const stop = (): void => {
    process.kill();
  };
  turn.stopped.addEventListener('abort', stop, { once: true });
  const { shown } = process;
  turn.over.addEventListener(
    'abort',
    () => {
      turn.stopped.removeEventListener('abort', stop);
      shown.complete('inProgress');
    },
    { once: true },
  );
  if (turn.stopped.aborted) stop();
}

/** A program that an earlier turn has started is shown in this one, too, from the first time that it is looked at. */
export function lookedAtInTurn(process: AgentProcess, context: ToolContext, clock: Clock): void {
  if (process.exitCode !== undefined || !process.shown.isCompleted) return;
  const item = {
    ...process.shown.item,
    id: context.callId,
    source: 'unifiedExecInteraction',
  } as const;
  const shown = new ShownCommand(item, (started) => context.startLastingItem(started), clock);
  process.showIn(shown);
  context.turn.over.addEventListener(
    'abort',
    () => {
      shown.complete('inProgress');
    },
    { once: true },
  );
}
