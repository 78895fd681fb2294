import { messageText, type ResponseItem } from '../../model/index.ts';
import { readDelegation } from '../../voice/agent/index.ts';

/** What the user wants: the last thing they said, without the wrapper a voice session puts round it. */
export function lastRequest(input: readonly ResponseItem[]): string {
  const last = input.findLast((item) => item.type === 'message' && item.role === 'user');
  if (last?.type !== 'message') return '';
  const text = messageText(last);
  return (readDelegation(text) ?? text).trim();
}

/** What came after the last user message: the calls of this turn and their outputs. */
export function sinceLastRequest(input: readonly ResponseItem[]): readonly ResponseItem[] {
  return input.slice(
    input.findLastIndex((item) => item.type === 'message' && item.role === 'user') + 1,
  );
}
