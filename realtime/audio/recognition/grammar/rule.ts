import { choice, type Grammar, optional, sequence, words } from './grammar.ts';
import { tokensOf } from './tokens.ts';
import type { SpeechLanguage } from './grammar.ts';

/** One way to read some words: what they mean, and the word after them. */
export type Reading<T> = { readonly value: T; readonly next: number };

/**
 * A grammar whose words have a meaning. What can be heard and what it is read as are written once, so
 * neither can have what the other lacks.
 */
export type Rule<T> = {
  readonly grammar: Grammar;
  /** Every way to read the words that begin at a place. */
  read(tokens: readonly string[], at: number): readonly Reading<T>[];
};

export function say<T>(language: SpeechLanguage, text: string, value: T): Rule<T> {
  const own = tokensOf(text, language);
  return {
    grammar: words(text),
    read: (tokens, at) =>
      own.every((token, index) => tokens[at + index] === token)
        ? [{ value, next: at + own.length }]
        : [],
  };
}

/** One of several rules; `weights` is how likely each is beside the others. */
export function oneOf<T>(rules: readonly Rule<T>[], weights?: readonly number[]): Rule<T> {
  const of = rules.map(({ grammar }) => grammar);
  return {
    grammar: weights === undefined ? choice(...of) : { type: 'choice', of, weights },
    read: (tokens, at) => rules.flatMap((rule) => rule.read(tokens, at)),
  };
}

export function maybe<T, F>(rule: Rule<T>, fallback: F): Rule<T | F> {
  return {
    grammar: optional(rule.grammar),
    read: (tokens, at) => [...rule.read(tokens, at), { value: fallback, next: at }],
  };
}

export function both<A, B, T>(
  first: Rule<A>,
  second: Rule<B>,
  combine: (first: A, second: B) => T,
): Rule<T> {
  return {
    grammar: sequence(first.grammar, second.grammar),
    read: (tokens, at) =>
      first
        .read(tokens, at)
        .flatMap((head) =>
          second
            .read(tokens, head.next)
            .map((tail) => ({ value: combine(head.value, tail.value), next: tail.next })),
        ),
  };
}

/** A rule with words before it that mean nothing by themselves. */
export function after<T>(lead: Rule<unknown>, rule: Rule<T>): Rule<T> {
  return both(lead, rule, (_lead, value) => value);
}

/** A rule with words after it that mean nothing by themselves. */
export function before<T>(rule: Rule<T>, tail: Rule<unknown>): Rule<T> {
  return both(rule, tail, (value) => value);
}

export function mapped<A, B>(rule: Rule<A>, change: (value: A) => B): Rule<B> {
  return {
    grammar: rule.grammar,
    read: (tokens, at) =>
      rule.read(tokens, at).map(({ value, next }) => ({ value: change(value), next })),
  };
}

/** What some words mean as a whole, or undefined when the rule does not have them. */
export function readAll<T>(rule: Rule<T>, tokens: readonly string[]): T | undefined {
  return rule.read(tokens, 0).find(({ next }) => next === tokens.length)?.value;
}
