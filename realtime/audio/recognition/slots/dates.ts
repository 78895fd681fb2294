import {
  after,
  both,
  maybe,
  oneOf,
  type Rule,
  say,
  type SpeechLanguage,
} from '../grammar/index.ts';
import { ordinalInEnglish } from './numbersEn.ts';
import { numberInFrench } from './numbersFr.ts';

/** A date as it was said; which day of the calendar that is, is for the caller to tell. */
export type SpokenDate =
  /** `month` from 1, no year. Also days that no calendar has, as people may say them. */
  | { readonly type: 'dayOfMonth'; readonly month: number; readonly day: number }
  /** From Monday, 1, to Sunday, 7. */
  | { readonly type: 'weekday'; readonly weekday: number }
  /** Days from today, which is 0. */
  | { readonly type: 'relative'; readonly days: number };

const MONTHS: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: [
    'january',
    'february',
    'march',
    'april',
    'may',
    'june',
    'july',
    'august',
    'september',
    'october',
    'november',
    'december',
  ],
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
};
const WEEKDAYS: Readonly<Record<SpeechLanguage, readonly string[]>> = {
  en: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  fr: ['lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche'],
};
const RELATIVE: Readonly<Record<SpeechLanguage, Readonly<Record<string, number>>>> = {
  en: { today: 0, tomorrow: 1, 'the day after tomorrow': 2, yesterday: -1 },
  fr: { "aujourd'hui": 0, demain: 1, 'après demain': 2, hier: -1 },
};
const DAYS = Array.from({ length: 31 }, (_, index) => index + 1);

const months = (language: SpeechLanguage): Rule<number> =>
  oneOf(MONTHS[language].map((name, index) => say(language, name, index + 1)));
const article = (language: SpeechLanguage, text: string): Rule<unknown> =>
  maybe(say(language, text, undefined), undefined);
const dayOfMonth = (day: number, month: number): SpokenDate => ({ type: 'dayOfMonth', month, day });

const dayEn = after(
  article('en', 'the'),
  oneOf(DAYS.map((day) => say('en', ordinalInEnglish(day), day))),
);
const dayFr = after(
  article('fr', 'le'),
  oneOf(DAYS.map((day) => say('fr', day === 1 ? 'premier' : numberInFrench(day), day))),
);

const daysOfMonths: Readonly<Record<SpeechLanguage, Rule<SpokenDate>>> = {
  en: oneOf([
    both(dayEn, after(article('en', 'of'), months('en')), dayOfMonth),
    both(months('en'), dayEn, (month, day) => dayOfMonth(day, month)),
  ]),
  fr: both(dayFr, months('fr'), dayOfMonth),
};

export function dateRule(language: SpeechLanguage): Rule<SpokenDate> {
  return oneOf<SpokenDate>([
    daysOfMonths[language],
    ...WEEKDAYS[language].map((name, index) =>
      say<SpokenDate>(language, name, { type: 'weekday', weekday: index + 1 }),
    ),
    ...Object.entries(RELATIVE[language]).map(([text, days]) =>
      say<SpokenDate>(language, text, { type: 'relative', days }),
    ),
  ]);
}
