import { both, maybe, oneOf, type Rule, say } from '../grammar/index.ts';
import { NUMBER_WEIGHTS } from './weights.ts';

const UNITS = ['un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf'] as const;
const TEENS = [
  'dix',
  'onze',
  'douze',
  'treize',
  'quatorze',
  'quinze',
  'seize',
  'dix sept',
  'dix huit',
  'dix neuf',
];
const TENS = ['vingt', 'trente', 'quarante', 'cinquante', 'soixante'];
/** What Belgium and Switzerland say. */
const REGIONAL_TENS: readonly (readonly [string, number])[] = [
  ['septante', 70],
  ['huitante', 80],
  ['octante', 80],
  ['nonante', 90],
];

const fr = <T>(text: string, value: T): Rule<T> => say('fr', text, value);
const list = (names: readonly string[], value: (index: number) => number): Rule<number> =>
  oneOf(names.map((name, index) => fr(name, value(index))));
const add = (a: number, b: number): number => a + b;

const fromTwo = list(UNITS.slice(1), (index) => index + 2);
const units = oneOf([fr('un', 1), fr('une', 1), fromTwo]);
const teens = list(TEENS, (index) => 10 + index);
const fromTwelve = list(TEENS.slice(2), (index) => 12 + index);
const tens = list(TENS, (index) => 20 + 10 * index);
const regionalTens = oneOf(REGIONAL_TENS.map(([name, value]) => fr(name, value)));
const andOne = oneOf([fr('et un', 1), fr('et une', 1)]);

/** 1 to 99 but for 80, whose last letter depends on what follows. */
const below100But80 = oneOf([
  units,
  teens,
  both(oneOf([tens, regionalTens]), maybe(oneOf([andOne, fromTwo]), 0), add),
  both(fr('soixante', 60), oneOf([fr('dix', 10), fr('et onze', 11), fromTwelve]), add),
  both(fr('quatre vingt', 80), oneOf([units, teens]), add),
]);

/** 1 to 99. */
const below100 = oneOf([below100But80, fr('quatre vingts', 80)]);

const hundreds = oneOf([
  fr('cent', 100),
  both(fromTwo, fr('cent', 100), (count, hundred) => count * hundred),
]);
const roundHundreds = both(fromTwo, fr('cents', 100), (count, hundred) => count * hundred);

/** 100 to 999. */
const fromHundred = oneOf([fr('cent', 100), roundHundreds, both(hundreds, below100, add)]);
/** 1 to 999. */
const below1000 = oneOf([below100, fromHundred]);

/** How many thousands: "quatre vingt mille", "deux cent mille", and "mille" alone for one. */
const thousandsCount = oneOf([
  below100But80,
  fr('quatre vingt', 80),
  hundreds,
  both(hundreds, oneOf([below100But80, fr('quatre vingt', 80)]), add),
]);
const thousands = both(
  maybe(thousandsCount, 1),
  fr('mille', 1000),
  (count, thousand) => count * thousand,
);

const zeroTo99 = oneOf([fr('zéro', 0), below100]);
const fromThousand = both(thousands, maybe(below1000, 0), add);

/** 0 to 999. */
export const smallNumberFr: Rule<number> = oneOf(
  [zeroTo99, fromHundred],
  NUMBER_WEIGHTS.slice(0, 2),
);

/** 0 to 999 999. */
export const numberFr: Rule<number> = oneOf([zeroTo99, fromHundred, fromThousand], NUMBER_WEIGHTS);

/** A number from 0 to 999 999 in words, with spaces where people may put hyphens. */
export function numberInFrench(value: number): string {
  if (value === 0) return 'zéro';
  const count = Math.floor(value / 1000);
  const rest = value % 1000;
  return [
    ...(count > 1 ? inHundreds(count, false) : []),
    ...(count > 0 ? ['mille'] : []),
    ...inHundreds(rest, true),
  ].join(' ');
}

/** An ordinal in words: 21 is "vingt et unième". */
export function ordinalInFrench(value: number): string {
  if (value === 1) return 'premier';
  return `${numberInFrench(value)
    .replace(/(?<=cent|vingt)s$|e$/u, '')
    .replace(/cinq$/u, 'cinqu')
    .replace(/neuf$/u, 'neuv')}ième`;
}

/** `last` is whether nothing follows, which 80 and round hundreds show by an s. */
function inHundreds(value: number, last: boolean): string[] {
  const count = Math.floor(value / 100);
  const rest = value % 100;
  const hundred = last && count > 1 && rest === 0 ? 'cents' : 'cent';
  return [
    ...(count > 1 ? [UNITS[count - 1] ?? ''] : []),
    ...(count > 0 ? [hundred] : []),
    ...(rest > 0 ? [inTens(rest, last)] : []),
  ];
}

function inTens(value: number, last: boolean): string {
  if (value < 10) return UNITS[value - 1] ?? '';
  if (value < 20) return TEENS[value - 10] ?? '';
  if (value === 80) return last ? 'quatre vingts' : 'quatre vingt';
  if (value > 80) return `quatre vingt ${inTens(value - 80, last)}`;
  const ten = value < 70 ? Math.floor(value / 10) : 6;
  const rest = value - 10 * ten;
  const name = TENS[ten - 2] ?? '';
  if (rest === 0) return name;
  const joint = rest === 1 || rest === 11 ? ' et ' : ' ';
  return `${name}${joint}${inTens(rest, last)}`;
}
