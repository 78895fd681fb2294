import { type ResponseItem, textMessage } from '../../model/index.ts';
import type { ConversationLog } from './conversationLog.ts';
import type { NewRecord } from './records.ts';

/** Why something has no end, in the words that the model is told. */
export type LeftBehind = { readonly output: string; readonly note: string };

const CLOSED: LeftBehind = {
  output: 'Not finished: Parley was closed before it was.',
  note: 'Parley was closed before this turn was finished. What is above may be incomplete.',
};

/**
 * What ends all that was going on when the process that had the thread ended without a word: turns, and
 * calls that wait for an output, which the model insists on. Empty for a thread that was left in order.
 */
export function recordsOfTheEnd(log: ConversationLog, why = CLOSED): readonly NewRecord[] {
  const { unfinishedTurns: turns, isInTurn } = log.timeline;
  // A turn that has ended has answered its calls; only for one that has not need the history be read.
  const told = isInTurn ? unfinishedCallOutputs(log.history, why.output) : [];
  if (isInTurn) told.push(textMessage('developer', why.note));
  return [
    ...(told.length > 0 ? [{ type: 'history' as const, items: told }] : []),
    ...turns.map((turn) => ({ type: 'turnCompleted' as const, turn })),
  ];
}

/** An output for every call of the history that has none. */
function unfinishedCallOutputs(history: readonly ResponseItem[], output: string): ResponseItem[] {
  const answered = new Set(
    history.flatMap((item) =>
      item.type === 'function_call_output' || item.type === 'custom_tool_call_output'
        ? [item.call_id]
        : [],
    ),
  );
  return history.flatMap((item): ResponseItem[] => {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return [];
    if (answered.has(item.call_id)) return [];
    const type =
      item.type === 'function_call'
        ? ('function_call_output' as const)
        : ('custom_tool_call_output' as const);
    return [{ type, call_id: item.call_id, output }];
  });
}
