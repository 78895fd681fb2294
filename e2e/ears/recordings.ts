import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { parseWav } from '../../realtime/audio/index.ts';
import {
  choice,
  type Grammar,
  numberInWords,
  type SpeechLanguage,
} from '../../realtime/audio/recognition/index.ts';

/** What people said, as Debian ships it. */
export type Recording = {
  readonly name: string;
  /** The words, where they are one of `KNOWN_WORDS`; undefined for anything else. */
  readonly text: string | undefined;
  load(): { readonly samples: Int16Array; readonly sampleRateHz: number };
};

const PROMPTS: Readonly<Record<SpeechLanguage, string>> = {
  en: '/usr/share/asterisk/sounds/en_US_f_Allison',
  fr: '/usr/share/asterisk/sounds/fr_CA_f_June',
};
export const PROMPT_PACKAGES: Readonly<Record<SpeechLanguage, string>> = {
  en: 'asterisk-core-sounds-en-wav',
  fr: 'asterisk-core-sounds-fr-wav',
};
const READINGS = '/usr/share/pocketsphinx/test/data/librivox';
export const READINGS_PACKAGE = 'pocketsphinx-testdata';

const nameIn = (
  language: SpeechLanguage,
  part: Intl.DateTimeFormatOptions,
  dateMs: number,
): string =>
  new Intl.DateTimeFormat(language, { ...part, timeZone: 'UTC' }).format(dateMs).toLowerCase();
/** From Sunday, as the first of October 2023 was. */
const weekdaysIn = (language: SpeechLanguage): readonly string[] =>
  Array.from({ length: 7 }, (_, index) =>
    nameIn(language, { weekday: 'long' }, Date.UTC(2023, 9, 1 + index)),
  );
const monthsIn = (language: SpeechLanguage): readonly string[] =>
  Array.from({ length: 12 }, (_, index) =>
    nameIn(language, { month: 'long' }, Date.UTC(2023, index)),
  );
const SPOKEN_NUMBERS = [...Array(20).keys(), 20, 30, 40, 50, 60, 70, 80, 90];

/** The prompts whose words are known by their file names, as a person says one of them alone. */
function wordsByFile(language: SpeechLanguage): ReadonlyMap<string, string> {
  return new Map([
    ...SPOKEN_NUMBERS.map((value) => [`digits/${value}`, numberInWords(value, language)] as const),
    ...weekdaysIn(language).map((name, index) => [`digits/day-${index}`, name] as const),
    ...monthsIn(language).map((name, index) => [`digits/mon-${index}`, name] as const),
  ]);
}

/** The grammar of the known words. */
export function knownWords(language: SpeechLanguage): Grammar {
  return choice(...wordsByFile(language).values());
}

/** The prompts of a telephone exchange, none where the package is not installed. */
export function promptsOf(language: SpeechLanguage): Recording[] {
  const folder = PROMPTS[language];
  const known = wordsByFile(language);
  return globSync('**/*.wav', { cwd: folder })
    .filter((file) => !file.startsWith('silence'))
    .toSorted()
    .map((file) => ({
      name: `${basename(folder)}/${file}`,
      text: known.get(file.replace(/\.wav$/u, '')),
      load: () => parseWav(readFileSync(join(folder, file))),
    }));
}

/** Sentences of a novel read aloud. */
export function readings(): Recording[] {
  if (!existsSync(READINGS)) return [];
  return globSync('*.wav', { cwd: READINGS }).map((file) => ({
    name: file,
    text: undefined,
    load: () => parseWav(readFileSync(join(READINGS, file))),
  }));
}
