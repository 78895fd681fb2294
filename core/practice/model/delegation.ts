import { type MessageItem, messageText, type ResponseItem } from '../../model/index.ts';
import { isSummary } from '../../threads/index.ts';
import { readDelegation } from '../../voice/agent/index.ts';

/** What the user wants: the last thing they said, without the wrapper a voice session puts round it. */
export function lastRequest(input: readonly ResponseItem[]): string {
  const last = input.findLast(isRequest);
  return last?.type === 'message' ? requestIn(last) : '';
}

/** What the user said in a message; empty for notes of the program and for summaries. */
export function requestIn(item: MessageItem): string {
  if (!isRequest(item)) return '';
  const text = messageText(item);
  return (readDelegation(text) ?? text).trim();
}

/** What came after the last user message: the calls of this turn and their outputs. */
export function sinceLastRequest(input: readonly ResponseItem[]): readonly ResponseItem[] {
  return input.slice(input.findLastIndex(isRequest) + 1);
}

const isRequest = (item: ResponseItem): boolean =>
  item.type === 'message' && item.role === 'user' && !isSummary(item);
