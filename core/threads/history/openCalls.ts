import type { ResponseItem } from '../../model/index.ts';

const UNFINISHED_OUTPUT = 'Not finished: Parley was closed before it was.';

/** An output for every call of the history that has none. */
export function unfinishedCallOutputs(history: readonly ResponseItem[]): ResponseItem[] {
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
    return [{ type, call_id: item.call_id, output: UNFINISHED_OUTPUT }];
  });
}
