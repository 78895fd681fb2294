import type { Conversation, TurnEntry } from './entries.ts';

/** The delegated work of a conversation, newest first. */
export function workOf(conversation: Conversation): readonly TurnEntry[] {
  return conversation.entries
    .filter((entry): entry is TurnEntry => entry.kind === 'turn' && entry.delegation !== undefined)
    .toReversed();
}

export function runningTurnIds(conversation: Conversation): readonly string[] {
  return conversation.entries
    .filter((entry) => entry.kind === 'turn' && entry.status === 'inProgress')
    .map((entry) => entry.id);
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
  if (turn.status === 'interrupted') return 'stopped';
  if (turn.status === 'failed') return 'failed';
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
