/** Languages that have an acoustic model. */
export type SpeechLanguage = 'en' | 'fr';

/** Ready-made pieces of a grammar, with values that `parseSlot` gives back. */
export type SlotName = 'number' | 'smallNumber' | 'ordinal' | 'date' | 'time';

/** What may be said: a finite description, as a value. */
export type Grammar =
  /** Words one after the other, as people write them: "what's the time", "demande à l'agent". */
  | { readonly type: 'words'; readonly text: string }
  | {
      readonly type: 'choice';
      readonly of: readonly Grammar[];
      /** How likely each is beside the others; all alike unless told. Tips the scales in noise. */
      readonly weights?: readonly number[];
    }
  | { readonly type: 'sequence'; readonly of: readonly Grammar[] }
  | { readonly type: 'optional'; readonly of: Grammar }
  /** Once or more often. */
  | { readonly type: 'repeat'; readonly of: Grammar }
  | { readonly type: 'slot'; readonly slot: SlotName };

export function words(text: string): Grammar {
  return { type: 'words', text };
}

/** One of several; of none, nothing can be said. */
export function choice(...of: readonly (Grammar | string)[]): Grammar {
  return { type: 'choice', of: of.map(asGrammar) };
}

export function sequence(...of: readonly (Grammar | string)[]): Grammar {
  return { type: 'sequence', of: of.map(asGrammar) };
}

export function optional(of: Grammar | string): Grammar {
  return { type: 'optional', of: asGrammar(of) };
}

export function repeat(of: Grammar | string): Grammar {
  return { type: 'repeat', of: asGrammar(of) };
}

export function slot(name: SlotName): Grammar {
  return { type: 'slot', slot: name };
}

function asGrammar(part: Grammar | string): Grammar {
  return typeof part === 'string' ? words(part) : part;
}
