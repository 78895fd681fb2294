import { type Grammar, type SlotName, type SpeechLanguage, textOf } from './grammar/index.ts';
import { slotRule, type SlotValues, spokenTokens } from './slots/index.ts';

/** A slot that was said: which, in which words, and what they mean. */
export type FilledSlot = {
  readonly [Name in SlotName]: {
    readonly slot: Name;
    readonly text: string;
    readonly value: SlotValues[Name];
  };
}[SlotName];

type Way = { readonly next: number; readonly slots: readonly FilledSlot[] };

/** Whether a text is one that a grammar has. */
export function matches(grammar: Grammar, language: SpeechLanguage, text: string): boolean {
  return slotsIn(grammar, language, text) !== undefined;
}

/** The slots of a text in the order they were said; undefined when the grammar does not have the text. */
export function slotsIn(
  grammar: Grammar,
  language: SpeechLanguage,
  text: string,
): readonly FilledSlot[] | undefined {
  const tokens = spokenTokens(text, language);
  return waysOf(grammar, language, tokens, 0).find(({ next }) => next === tokens.length)?.slots;
}

/** Every way a grammar has the words from a place on, one for each place it may end at. */
function waysOf(
  grammar: Grammar,
  language: SpeechLanguage,
  tokens: readonly string[],
  at: number,
): readonly Way[] {
  const ways = (part: Grammar, from: number): readonly Way[] =>
    waysOf(part, language, tokens, from);
  switch (grammar.type) {
    case 'words': {
      const own = spokenTokens(grammar.text, language);
      const fits = own.every((token, index) => tokens[at + index] === token);
      return fits ? [{ next: at + own.length, slots: [] }] : [];
    }
    case 'choice':
      return distinct(grammar.of.flatMap((part) => ways(part, at)));
    case 'sequence':
      return grammar.of.reduce<readonly Way[]>(
        (before, part) => distinct(before.flatMap((way) => onwards(way, ways(part, way.next)))),
        [{ next: at, slots: [] }],
      );
    case 'optional':
      return distinct([...ways(grammar.of, at), { next: at, slots: [] }]);
    case 'repeat': {
      let newest = ways(grammar.of, at);
      const all = [...newest];
      while (newest.length > 0) {
        newest = newest
          .flatMap((way) => onwards(way, ways(grammar.of, way.next)))
          .filter(({ next }) => all.every((way) => way.next !== next));
        all.push(...newest);
      }
      return distinct(all);
    }
    case 'slot':
      return filled(grammar.slot, language, tokens, at);
  }
}

function filled(
  name: SlotName,
  language: SpeechLanguage,
  tokens: readonly string[],
  at: number,
): readonly Way[] {
  return slotRule(name, language)
    .read(tokens, at)
    .map(({ value, next }) => {
      const text = textOf(tokens.slice(at, next));
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the value is of the rule of this very slot
      return { next, slots: [{ slot: name, text, value } as FilledSlot] };
    });
}

function onwards(way: Way, further: readonly Way[]): readonly Way[] {
  return further.map(({ next, slots }) => ({ next, slots: [...way.slots, ...slots] }));
}

/** The first way to each place: what may follow depends on the place alone. */
function distinct(ways: readonly Way[]): readonly Way[] {
  return Array.from(new Map(ways.toReversed().map((way) => [way.next, way])).values());
}
