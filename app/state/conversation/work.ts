import type { UserInput } from '../../../core/protocol/index.ts';
import type { Conversation, TurnEntry } from './entries.ts';

/** The delegated work of a conversation, newest first. */
export function workOf(conversation: Conversation): readonly TurnEntry[] {
  return conversation.entries
    .filter((entry): entry is TurnEntry => entry.kind === 'turn' && entry.delegation !== undefined)
    .toReversed();
}

/** The turns in progress: those that wait for another first, the one that runs last. */
export function runningTurnIds(conversation: Conversation): readonly string[] {
  const going = conversation.entries.filter(
    (entry): entry is TurnEntry => entry.kind === 'turn' && entry.status === 'inProgress',
  );
  return going.toSorted((a, b) => Number(b.isQueued) - Number(a.isQueued)).map(({ id }) => id);
}

/** What was asked of a turn, to be asked again; undefined where it went well, or was asked again already. */
export function requestToRepeat(
  { entries }: Conversation,
  turn: TurnEntry,
): readonly UserInput[] | undefined {
  if (turn.status !== 'interrupted' && turn.status !== 'failed') return undefined;
  const asked = inputOf(turn);
  const since = entries.slice(entries.findLastIndex(({ id }) => id === turn.id) + 1);
  const isRepeated = since.some(
    (entry) => entry.kind === 'turn' && isSameInput(inputOf(entry), asked),
  );
  return asked.length === 0 || isRepeated ? undefined : asked;
}

/** The newest turn, where it can be asked again. */
export function lastToRepeat(conversation: Conversation): TurnEntry | undefined {
  const turn = conversation.entries.findLast((entry) => entry.kind === 'turn');
  return turn?.kind === 'turn' && requestToRepeat(conversation, turn) !== undefined
    ? turn
    : undefined;
}

function isSameInput(a: readonly UserInput[], b: readonly UserInput[]): boolean {
  return a.length === b.length && a.every((part, index) => contentOf(part) === contentOf(b[index]));
}

/** Compared as it is: pictures are long, and this is asked with every frame. */
function contentOf(input: UserInput | undefined): string | undefined {
  switch (input?.type) {
    case 'text':
      return input.text;
    case 'image':
      return input.url;
    case 'localImage':
      return input.path;
    case undefined:
      return undefined;
  }
}

function inputOf(turn: TurnEntry): readonly UserInput[] {
  const said = turn.items.flatMap((item) => (item.type === 'user' ? item.input : []));
  if (said.length > 0 || turn.delegation === undefined) return said;
  return [{ type: 'text', text: turn.delegation.prompt }];
}

export function hasRunningTurn({ entries }: Conversation): boolean {
  // From the end, where what runs usually is.
  return (
    entries.findLast((entry) => entry.kind === 'turn' && entry.status === 'inProgress') !==
    undefined
  );
}

/** The newest item of a turn, by its id. */
export function lastItemOf(conversation: Conversation, turnId: string): string | undefined {
  const turn = conversation.entries.findLast(
    (entry) => entry.kind === 'turn' && entry.id === turnId,
  );
  return turn?.kind === 'turn' ? turn.items.at(-1)?.id : undefined;
}

/** What a piece of work is doing now, in a few words. */
export function workState(turn: TurnEntry): string {
  if (turn.status === 'completed') return 'done';
  if (turn.status === 'interrupted') return turn.isCutOff ? 'interrupted' : 'stopped';
  if (turn.status === 'failed') return 'failed';
  if (turn.isQueued) return 'waiting its turn';
  if (turn.retrying !== undefined) return 'trying again';
  const step = turn.plan.find(({ status }) => status === 'inProgress');
  if (step !== undefined) return step.step;
  const last = turn.items.at(-1);
  if (last?.type === 'message') return last.done ? 'working' : 'writing the answer';
  return last?.type === 'reasoning' ? 'thinking' : 'working';
}

/** The answer of a finished or running turn: its last final message. */
export function finalAnswer(turn: TurnEntry): string {
  for (const item of turn.items.toReversed())
    if (item.type === 'message' && item.final) return item.text;
  return '';
}

/** Markdown without its marks, for a preview of a few lines. */
export function plainWords(markdown: string): string {
  return markdown
    .replaceAll(/^\s*(?:[>#]+|[-*+]|\d+\.)\s+/gmu, '')
    .replaceAll(/\[(?<words>[^\]]*)\]\([^)]*\)/gu, '$<words>')
    .replaceAll(/[*`~|]+/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim();
}

/** Share of the plan that is done, or undefined without a plan. */
export function planShare(turn: TurnEntry): number | undefined {
  if (turn.plan.length === 0) return undefined;
  return turn.plan.filter(({ status }) => status === 'completed').length / turn.plan.length;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** 0:34, 12:05, 1:02:03. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours === 0
    ? `${minutes}:${two(seconds % 60)}`
    : `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
