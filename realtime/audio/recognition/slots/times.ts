import {
  after,
  before,
  both,
  mapped,
  maybe,
  oneOf,
  type Rule,
  say,
  type SpeechLanguage,
} from '../grammar/index.ts';
import { numberInEnglish } from './numbersEn.ts';
import { numberInFrench } from './numbersFr.ts';

/** A time of day as it was said. */
export type SpokenTime = {
  /** 0 to 23. */
  readonly hour: number;
  readonly minute: number;
  /** Which half of the day was meant was not said: half past seven is 07:30 here, and may be 19:30. */
  readonly eitherHalf: boolean;
};

type Half = 'am' | 'pm' | undefined;
type Clock = { readonly hour: number; readonly minute: number };

const en = <T>(text: string, value: T): Rule<T> => say('en', text, value);
const fr = <T>(text: string, value: T): Rule<T> => say('fr', text, value);
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const numbers = (
  values: readonly number[],
  rule: (text: string, value: number) => Rule<number>,
  name: (value: number) => string,
): Rule<number> => oneOf(values.map((value) => rule(name(value), value)));

const at = (hour: number, minute: number): Clock => ({ hour, minute });
/** So many minutes before or after a full hour. */
const shifted = (minutes: number, hour: number): Clock =>
  minutes < 0 ? at((hour + 23) % 24, 60 + minutes) : at(hour, minutes);

const hoursEn = numbers(range(1, 12), en, numberInEnglish);
const minutesEn = oneOf([
  numbers(range(10, 59), en, numberInEnglish),
  after(en('oh', 0), numbers(range(1, 9), en, numberInEnglish)),
]);
const spokenMinutesEn = oneOf([
  before(numbers([5, 10, 20, 25], en, numberInEnglish), maybe(en('minutes', 0), 0)),
  after(maybe(en('a', 0), 0), en('quarter', 15)),
]);
const clockEn: Rule<Clock> = oneOf([
  before(
    mapped(hoursEn, (hour) => at(hour, 0)),
    maybe(en("o'clock", 0), 0),
  ),
  both(hoursEn, minutesEn, at),
  both(before(en('half', 30), en('past', 0)), hoursEn, shifted),
  both(before(spokenMinutesEn, en('past', 0)), hoursEn, shifted),
  both(before(spokenMinutesEn, en('to', 0)), hoursEn, (minutes, hour) => shifted(-minutes, hour)),
]);
const halfEn: Rule<Half> = oneOf<Half>([
  en<Half>('a.m.', 'am'),
  en<Half>('in the morning', 'am'),
  en<Half>('p.m.', 'pm'),
  en<Half>('in the afternoon', 'pm'),
  en<Half>('in the evening', 'pm'),
  en<Half>('at night', 'pm'),
]);

const hoursFr = oneOf([
  before(fr('une', 1), fr('heure', 0)),
  before(fr('zéro', 0), fr('heure', 0)),
  before(
    numbers(range(2, 23), fr, (value) => numberInFrench(value).replace(/ un$/u, ' une')),
    fr('heures', 0),
  ),
]);
const noonFr = oneOf([fr('midi', 12), fr('minuit', 0)]);
const minutesFr = oneOf([
  numbers(range(1, 59), fr, (value) => numberInFrench(value).replace(/(?:^| )un$/u, '$&e')),
  fr('et quart', 15),
  fr('et demie', 30),
  fr('et demi', 30),
  fr('moins le quart', -15),
  after(
    fr('moins', 0),
    numbers([-5, -10, -20, -25], fr, (value) => numberInFrench(-value)),
  ),
]);
const halfFr: Rule<Half> = oneOf<Half>([
  fr<Half>('du matin', 'am'),
  fr<Half>("de l'après-midi", 'pm'),
  fr<Half>('du soir', 'pm'),
]);

export function timeRule(language: SpeechLanguage): Rule<SpokenTime> {
  return language === 'en' ? timeEn : timeFr;
}

const timeEn: Rule<SpokenTime> = oneOf([
  both(clockEn, maybe(halfEn, undefined), inTheDay),
  mapped(oneOf([en('noon', 12), en('midday', 12), en('midnight', 0)]), (hour) => exactly(hour, 0)),
]);

const timeFr: Rule<SpokenTime> = oneOf([
  both(
    both(hoursFr, maybe(minutesFr, 0), (hour, minutes) => shifted(minutes, hour)),
    maybe(halfFr, undefined),
    inTheDay,
  ),
  both(noonFr, maybe(minutesFr, 0), (hour, minutes) => {
    const clock = shifted(minutes, hour);
    return exactly(clock.hour, clock.minute);
  }),
]);

function inTheDay({ hour, minute }: Clock, half: Half): SpokenTime {
  if (half === undefined) return { hour, minute, eitherHalf: hour >= 1 && hour <= 12 };
  const early = hour === 12 ? 0 : hour;
  return exactly(half === 'pm' && early < 12 ? early + 12 : early, minute);
}

function exactly(hour: number, minute: number): SpokenTime {
  return { hour, minute, eitherHalf: false };
}
