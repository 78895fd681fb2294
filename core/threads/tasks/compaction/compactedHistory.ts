import {
  answeredCallId,
  type MessageItem,
  messageText,
  otherCallOf,
  type ResponseItem,
  textMessage,
} from '../../../model/index.ts';
import { textHead } from '../../../base/index.ts';
import { itemTokens, textTokens } from '../../history/index.ts';
import { saysWhere } from '../../threadNotes.ts';

const SUMMARY_START = '<conversation_summary>';
const SUMMARY_END = '</conversation_summary>';

/** Asks for the summary; stands behind the conversation, as words of the user do. */
export const SUMMARY_REQUEST = textMessage(
  'user',
  `This conversation is about to outgrow what you can be told at once. Write what you need to go on with it when all of the above is gone, and nothing else; call no tool.

- What the user wants, in their own words where the wording matters, and what they have ruled out.
- What was done and found out: decisions, facts, names, numbers, paths and commands that will be needed again.
- What is unfinished, and the very next step.
- How the user likes to be answered, if they said so.

Be exact and brief: short points, no preface, in the language of the conversation.`,
);

/** A history as compaction sees it. */
export type HistoryParts = {
  /** What the program told the model before anybody spoke. */
  readonly introduction: readonly ResponseItem[];
  /** What a summary can stand for. */
  readonly earlier: readonly ResponseItem[];
  /** Words at the end that the model has not answered yet. */
  readonly unanswered: readonly ResponseItem[];
};

export function partsOf(history: readonly ResponseItem[]): HistoryParts {
  const begin = history.findIndex((item) => !isNote(item));
  const from = begin === -1 ? history.length : begin;
  const until = history.findLastIndex((item) => !isToldByUs(item)) + 1;
  const end = Math.max(from, until);
  return {
    introduction: history.slice(0, from),
    earlier: history.slice(from, end),
    unanswered: history.slice(end),
  };
}

/** The newest notes of `earlier` on how the model works and where: they hold still, whatever the introduction says. */
export function standingNotes(
  earlier: readonly ResponseItem[],
  developerInstructions: string | undefined,
): readonly ResponseItem[] {
  const newest = (isMeant: (note: string) => boolean): ResponseItem | undefined =>
    earlier.findLast(
      (item) => item.type === 'message' && isNote(item) && isMeant(messageText(item)),
    );
  const notes = [newest((note) => note === developerInstructions), newest(saysWhere)];
  return notes.flatMap((note) => note ?? []);
}

/**
 * What the model is told in place of `earlier`: the latest words of the user as they were, as far as
 * `budgetTokens` go, and the summary.
 */
export function summarised(
  earlier: readonly ResponseItem[],
  summary: string,
  budgetTokens: number,
): readonly ResponseItem[] {
  const kept: ResponseItem[] = [];
  let left = budgetTokens;
  for (const item of earlier.toReversed()) {
    if (left <= 0) break;
    const text = roleOf(item) === 'user' ? wordsOf(item) : '';
    if (text === '') continue;
    const tokens = textTokens(text);
    // Of a text that does not fit, its beginning says best what it is about.
    kept.unshift(textMessage('user', tokens <= left ? text : `${textHead(text, left * 4)} …`));
    left -= tokens;
  }
  return [...kept, textMessage('user', `${SUMMARY_START}\n${summary}\n${SUMMARY_END}`)];
}

/** Leaves out the oldest, about a quarter of all, with the outputs of the calls that go. */
export function withoutOldest(items: readonly ResponseItem[]): readonly ResponseItem[] {
  const surplus = itemTokens(items) / 4;
  let gone = 0;
  let from = 0;
  for (const item of items) {
    if (from > 0 && gone >= surplus) break;
    gone += itemTokens([item]);
    from += 1;
  }
  const left = items.slice(from);
  const calls = new Set(left.flatMap(callIdOf));
  return left.filter((item) => {
    const answered = answeredCallId(item);
    return answered === undefined || calls.has(answered);
  });
}

function callIdOf(item: ResponseItem): readonly string[] {
  if (item.type === 'function_call' || item.type === 'custom_tool_call') return [item.call_id];
  const other = otherCallOf(item);
  return other === undefined ? [] : [other.callId];
}

/** Words of the program, not of anybody who talks. */
export function isNote(item: ResponseItem): boolean {
  const role = roleOf(item);
  return role === 'developer' || role === 'system';
}

const roleOf = (item: ResponseItem): MessageItem['role'] | undefined =>
  item.type === 'message' ? item.role : undefined;

/** Words of the user and notes of the program, a summary excepted. */
function isToldByUs(item: ResponseItem): boolean {
  return isNote(item) || (roleOf(item) === 'user' && !isSummary(item));
}

/** Whether an item stands for what was said before it. */
export const isSummary = (item: ResponseItem): boolean =>
  item.type === 'message' && messageText(item).startsWith(SUMMARY_START);

/** Without pictures, which cost what many words do; an earlier summary is in the new one. */
const wordsOf = (item: ResponseItem): string =>
  item.type !== 'message' || isSummary(item) ? '' : messageText(item).trim();
