import type { SpeechLanguage } from './grammar/index.ts';

type Pronunciations = readonly (readonly [word: string, phones: string])[];

/**
 * Words that the dictionaries lack or have in one way of saying them only, among them those with which
 * people ask for the other language.
 */
export const EXTRA_WORDS: Readonly<Record<SpeechLanguage, Pronunciations>> = {
  en: [
    ['parle', 'P AA R L'],
    ['parlez', 'P AA R L EY'],
    ['français', 'F R AA N S EY'],
  ],
  fr: [
    ['lister', 'll ii ss tt ei'],
    ['huitante', 'uy ii tt an tt'],
    ['octante', 'oo kk tt an tt'],
    ['septante', 'ss ai tt an tt'],
    ['vingts', 'vv in'],
    ['août', 'ou tt'],
    ['plus', 'pp ll uu ss'],
    ['speak', 'ss pp ii kk'],
    ['english', 'ii nn gg ll ii ch'],
    ['parley', 'pp aa rr ll ei'],
    ['markdown', 'mm aa rr kk dd aa ou nn'],
  ],
};
