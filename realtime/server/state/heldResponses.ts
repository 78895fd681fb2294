import { replaceEntry } from './entries.ts';
import type { Draft, Entry } from './state.ts';
import { inputTokens } from './usage.ts';

/** Lets the model begin on every response that no words are awaited for any more. */
export function askModel(draft: Draft): void {
  for (const { id, held } of draft.state.responses) {
    if (held === undefined) continue;
    const items = asTheyAreNow(draft, held);
    if (!items.some(holdsAnswer)) begin(draft, id, items);
  }
}

/** A response that waits does not read what has been deleted meanwhile. */
export function releaseItem(draft: Draft, itemId: string): void {
  draft.set({
    responses: draft.state.responses.map((response) =>
      response.held === undefined
        ? response
        : { ...response, held: response.held.filter(({ item }) => item.id !== itemId) },
    ),
  });
  askModel(draft);
}

/** No answer waits for words any more: those that are awaited get one of their own when they come. */
export function answerLater(draft: Draft): void {
  for (const entry of draft.state.entries) {
    const { words } = entry;
    if (words?.state !== 'awaited' || words.answer !== 'held') continue;
    replaceEntry(draft, { ...entry, words: { ...words, answer: 'later' } });
  }
  draft.set({ turnWaiting: false });
}

/** What a response reads that is given nothing else: words that came late, last. */
export function unansweredLast(entries: readonly Entry[]): readonly Entry[] {
  if (!entries.some(isOpen)) return entries;
  return [...entries.filter((entry) => !isOpen(entry)), ...entries.filter(isOpen)];
}

/** A response has begun that answers whatever had come late. */
export function closeAnswered(draft: Draft): void {
  for (const entry of draft.state.entries) {
    const { words } = entry;
    if (words?.state !== 'known' || words.isOpen === undefined) continue;
    replaceEntry(draft, { ...entry, words: { state: 'known', text: words.text } });
  }
}

function isOpen({ words }: Entry): boolean {
  return words?.state === 'known' && words.isOpen === true;
}

function begin(draft: Draft, responseId: string, items: readonly Entry[]): void {
  const { responses, session } = draft.state;
  const response = responses.find(({ id }) => id === responseId);
  if (response === undefined) return;
  const { options, modality } = response;
  const tokens = inputTokens(options.instructions ?? session.instructions, items);
  const begun = { ...response, held: undefined, inputTokens: tokens };
  draft.set({ responses: responses.map((other) => (other === response ? begun : other)) });
  draft.do({ type: 'startResponse', responseId, items, options, session, modality });
}

function holdsAnswer({ words }: Entry): boolean {
  return words?.state === 'awaited' && words.answer === 'held';
}

/** With the words that have come since; what a response brought itself stays as it was given. */
function asTheyAreNow(draft: Draft, items: readonly Entry[]): readonly Entry[] {
  const { entries } = draft.state;
  if (items === entries) return items;
  const now = new Map(entries.map((entry) => [entry.item.id, entry]));
  return items.map((entry) => now.get(entry.item.id) ?? entry);
}
