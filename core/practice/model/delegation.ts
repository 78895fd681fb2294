import { messageText, type ResponseItem } from '../../model/index.ts';

const WRAPPED = /^\s*<realtime_delegation>.*?<input>(.*?)<\/input>/su;

/** What the user wants: the last thing they said, without the wrapper a voice session puts round it. */
export function lastRequest(input: readonly ResponseItem[]): string {
  const last = input.findLast((item) => item.type === 'message' && item.role === 'user');
  if (last?.type !== 'message') return '';
  const text = messageText(last);
  const wrapped = WRAPPED.exec(text)?.[1];
  return (wrapped === undefined ? text : unescape(wrapped)).trim();
}

/** What came after the last user message: the calls of this turn and their outputs. */
export function sinceLastRequest(input: readonly ResponseItem[]): readonly ResponseItem[] {
  return input.slice(
    input.findLastIndex((item) => item.type === 'message' && item.role === 'user') + 1,
  );
}

function unescape(text: string): string {
  const characters: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
  return text.replaceAll(/&(?:lt|gt|amp);/gu, (entity) => characters[entity] ?? entity);
}
