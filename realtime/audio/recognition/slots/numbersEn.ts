import { after, both, maybe, oneOf, type Rule, say } from '../grammar/index.ts';
import { NUMBER_WEIGHTS } from './weights.ts';

const UNITS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;
const TEENS = [
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
];
const TENS = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

/** The last word of a number in words, as an ordinal has it. */
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

const en = <T>(text: string, value: T): Rule<T> => say('en', text, value);
const list = (names: readonly string[], value: (index: number) => number): Rule<number> =>
  oneOf(names.map((name, index) => en(name, value(index))));
const add = (a: number, b: number): number => a + b;

const units = list(UNITS, (index) => index + 1);
const tens = list(TENS, (index) => 20 + 10 * index);

/** 1 to 99. */
const below100 = oneOf([
  units,
  list(TEENS, (index) => 10 + index),
  both(tens, maybe(units, 0), add),
]);

const and = maybe(en('and', 0), 0);
const hundreds = both(
  oneOf([units, en('a', 1)]),
  en('hundred', 100),
  (count, hundred) => count * hundred,
);

/** 100 to 999. */
const fromHundred = both(hundreds, maybe(after(and, below100), 0), add);
/** 1 to 999. */
const below1000 = oneOf([below100, fromHundred]);

const thousands = both(
  oneOf([below1000, en('a', 1)]),
  en('thousand', 1000),
  (count, thousand) => count * thousand,
);

const zeroTo99 = oneOf([en('zero', 0), below100]);
const fromThousand = both(thousands, maybe(after(and, below1000), 0), add);

/** 0 to 999. */
export const smallNumberEn: Rule<number> = oneOf(
  [zeroTo99, fromHundred],
  NUMBER_WEIGHTS.slice(0, 2),
);

/** 0 to 999 999. */
export const numberEn: Rule<number> = oneOf([zeroTo99, fromHundred, fromThousand], NUMBER_WEIGHTS);

/** A number from 0 to 999 999 in words, "two hundred and five" as "two hundred five". */
export function numberInEnglish(value: number): string {
  if (value === 0) return 'zero';
  return inThousands(value).join(' ');
}

/** An ordinal in words: 21 is "twenty first". */
export function ordinalInEnglish(value: number): string {
  return numberInEnglish(value).replace(
    /[a-z]+$/u,
    (last) => ORDINALS[last] ?? (last.endsWith('y') ? `${last.slice(0, -1)}ieth` : `${last}th`),
  );
}

function inThousands(value: number): string[] {
  if (value < 1000) return inHundreds(value);
  return [...inHundreds(Math.floor(value / 1000)), 'thousand', ...inHundreds(value % 1000)];
}

function inHundreds(value: number): string[] {
  if (value >= 100) {
    return [UNITS[Math.floor(value / 100) - 1] ?? '', 'hundred', ...inHundreds(value % 100)];
  }
  const names = value < 10 ? [UNITS[value - 1]] : tensAndUnits(value);
  return names.filter((name) => name !== undefined);
}

function tensAndUnits(value: number): (string | undefined)[] {
  if (value < 20) return [TEENS[value - 10]];
  return [TENS[Math.floor(value / 10) - 2], UNITS[(value % 10) - 1]];
}
