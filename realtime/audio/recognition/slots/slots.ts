import {
  oneOf,
  readAll,
  type Rule,
  say,
  type SlotName,
  type SpeechLanguage,
  textOf,
  tokensOf,
} from '../grammar/index.ts';
import { dateRule, type SpokenDate } from './dates.ts';
import { numberEn, numberInEnglish, ordinalInEnglish, smallNumberEn } from './numbersEn.ts';
import { numberFr, numberInFrench, ordinalInFrench, smallNumberFr } from './numbersFr.ts';
import { type SpokenTime, timeRule } from './times.ts';

/** What a slot's words mean. */
export type SlotValues = {
  /** 0 to 999 999. */
  readonly number: number;
  /** 0 to 999: of two grammars the smaller one is understood better. */
  readonly smallNumber: number;
  /** 1 to 100. */
  readonly ordinal: number;
  readonly date: SpokenDate;
  readonly time: SpokenTime;
};

type SlotRules = { readonly [Name in SlotName]: Rule<SlotValues[Name]> };

const ORDINALS = Array.from({ length: 100 }, (_, index) => index + 1);

const RULES: Readonly<Record<SpeechLanguage, SlotRules>> = {
  en: {
    number: numberEn,
    smallNumber: smallNumberEn,
    ordinal: oneOf(ORDINALS.map((value) => say('en', ordinalInEnglish(value), value))),
    date: dateRule('en'),
    time: timeRule('en'),
  },
  fr: {
    number: numberFr,
    smallNumber: smallNumberFr,
    ordinal: oneOf([
      say('fr', 'première', 1),
      say('fr', 'second', 2),
      say('fr', 'seconde', 2),
      ...ORDINALS.map((value) => say('fr', ordinalInFrench(value), value)),
    ]),
    date: dateRule('fr'),
    time: timeRule('fr'),
  },
};

/** What is also an article stays a word where it stands alone. */
const ARTICLES: ReadonlySet<string> = new Set(['un', 'une', 'one']);

/** What may be said for a slot, and how it is read. */
export function slotRule<Name extends SlotName>(
  name: Name,
  language: SpeechLanguage,
): SlotRules[Name] {
  return RULES[language][name];
}

/** The value of words that are a slot as a whole; undefined when they are not. */
export function parseSlot<Name extends SlotName>(
  name: Name,
  text: string,
  language: SpeechLanguage,
): SlotValues[Name] | undefined {
  const rule: Rule<SlotValues[Name]> = RULES[language][name];
  return readAll(rule, spokenTokens(text, language));
}

/** The tokens of a text as it is said aloud, its digits as words. */
export function spokenTokens(text: string, language: SpeechLanguage): string[] {
  return tokensOf(text, language).flatMap((token) => {
    const value = /^\d{1,6}$/u.test(token) ? Number(token) : undefined;
    return value === undefined ? [token] : numberInWords(value, language).split(' ');
  });
}

/** A whole number from 0 to 999 999 as it is said; a `RangeError` for any other. */
export function numberInWords(value: number, language: SpeechLanguage): string {
  if (!Number.isInteger(value) || value < 0 || value > 999_999) {
    throw new RangeError(`Only whole numbers from 0 to 999999 have words here, not ${value}`);
  }
  return language === 'en' ? numberInEnglish(value) : numberInFrench(value);
}

export function ordinalInWords(value: number, language: SpeechLanguage): string {
  if (!Number.isInteger(value) || value < 1 || value > 100) {
    throw new RangeError(`Only ordinals from 1 to 100 have words here, not ${value}`);
  }
  return language === 'en' ? ordinalInEnglish(value) : ordinalInFrench(value);
}

/**
 * The text with its numbers in digits: "up to fifty" is "up to 50". The longest number counts; a lone
 * "un", "une" or "one" may be an article and stays, unless other numbers are about.
 */
export function digitsIn(text: string, language: SpeechLanguage): string {
  const tokens = tokensOf(text, language);
  const numbers = numbersIn(tokens, language);
  const certain = numbers.some(({ first, next }) => !isArticle(tokens, first, next));
  const out: string[] = [];
  let at = 0;
  for (const { first, next, value } of numbers) {
    if (!certain && isArticle(tokens, first, next)) continue;
    out.push(...tokens.slice(at, first), String(value));
    at = next;
  }
  return textOf([...out, ...tokens.slice(at)]);
}

type Found = { readonly first: number; readonly next: number; readonly value: number };

function numbersIn(tokens: readonly string[], language: SpeechLanguage): Found[] {
  const found: Found[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const longest = RULES[language].number
      .read(tokens, at)
      .toSorted((a, b) => b.next - a.next)
      .at(0);
    if (longest === undefined) continue;
    found.push({ first: at, ...longest });
    at = longest.next - 1;
  }
  return found;
}

function isArticle(tokens: readonly string[], first: number, next: number): boolean {
  return next === first + 1 && ARTICLES.has(tokens[first] ?? '');
}
