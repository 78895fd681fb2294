import { shortened } from '../../base/index.ts';
import { messageText, type ResponseItem } from '../../model/index.ts';
import { requestIn } from './delegation.ts';

const LINE_CHARS = 200;
const MOST_LINES = 40;

/** Who said what, a line each; the last message only asks for this and is none of it. */
export function summaryOf(input: readonly ResponseItem[]): string {
  const lines = input.slice(0, -1).flatMap((item) => {
    if (item.type !== 'message') return [];
    const text = item.role === 'assistant' ? messageText(item) : requestIn(item);
    const short = shortened(text.replaceAll(/\s+/gu, ' ').trim(), LINE_CHARS);
    if (short === '') return [];
    return [`- ${item.role === 'assistant' ? 'Parley said' : 'The user asked'}: ${short}`];
  });
  return lines.slice(-MOST_LINES).join('\n');
}
