import { type Grammar, type SlotName, type SpeechLanguage } from './grammar/index.ts';
import { slotRule, spokenTokens } from './slots/index.ts';

export type CompiledGrammar = {
  /** The body of a JSGF rule, or undefined when nothing at all can be said. */
  readonly body: string | undefined;
  /** The rules that the body refers to. */
  readonly rules: readonly string[];
  /** Words that have no pronunciation; what needs them was left out. */
  readonly dropped: readonly string[];
};

/**
 * A grammar in JSGF, without the alternatives that need a word nobody can pronounce. `canSay` knows the
 * dictionary.
 */
export function compileGrammar(
  grammar: Grammar,
  language: SpeechLanguage,
  canSay: (token: string) => boolean,
): CompiledGrammar {
  const dropped = new Set<string>();
  const slots = new Set<SlotName>();

  /** What a part is in JSGF: empty for nothing to say, undefined for what cannot be said. */
  const write = (part: Grammar): string | undefined => {
    switch (part.type) {
      case 'words': {
        const tokens = spokenTokens(part.text, language);
        const unknown = tokens.filter((token) => !canSay(token));
        for (const token of unknown) dropped.add(token);
        return unknown.length > 0 ? undefined : tokens.join(' ');
      }
      case 'choice': {
        const weights = new Map<string, number>();
        for (const [index, alternative] of part.of.entries()) {
          const text = write(alternative);
          if (text !== undefined && !weights.has(text))
            weights.set(text, part.weights?.[index] ?? 1);
        }
        const said = Array.from(weights).filter(([text]) => text !== '');
        if (said.length === 0) return weights.size === 0 ? undefined : '';
        const alternatives = said.map(([text, weight]) =>
          part.weights === undefined ? text : `/${weight}/ ${text}`,
        );
        return weights.has('') ? `[${alternatives.join('|')}]` : `(${alternatives.join('|')})`;
      }
      case 'sequence': {
        const texts = part.of.map(write);
        if (texts.includes(undefined)) return undefined;
        return texts.filter((text) => text !== '').join(' ');
      }
      case 'optional': {
        const text = write(part.of) ?? '';
        return text === '' ? '' : `[${text}]`;
      }
      case 'repeat': {
        const text = write(part.of);
        return text === undefined || text === '' ? text : `(${text})+`;
      }
      case 'slot':
        slots.add(part.slot);
        return `<${part.slot}>`;
    }
  };

  const body = write(grammar);
  const rules = Array.from(slots, (name) => {
    // All words of a slot are in the dictionary, which a test holds them to.
    const text = write(slotRule(name, language).grammar);
    return `<${name}> = ${text ?? ''};`;
  });
  return { body: body === '' ? undefined : body, rules, dropped: Array.from(dropped) };
}
