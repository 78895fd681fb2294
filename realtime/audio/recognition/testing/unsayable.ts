import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { Grammar, SpeechLanguage } from '../index.ts';
import { compileGrammar } from '../jsgf.ts';
import { EXTRA_WORDS } from '../pronunciations.ts';

const MODELS: Readonly<Record<SpeechLanguage, string>> = { en: 'en-us', fr: 'fr-fr' };

/** The words of a grammar that nobody can pronounce: phrases with them are never understood. */
export function unsayableWords(grammar: Grammar, language: SpeechLanguage): readonly string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('soundswallower'));
  const file = join(folder, 'model', MODELS[language], 'dict.txt');
  const known = new Set([
    ...readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(' ', 1)[0]),
    ...EXTRA_WORDS[language].map(([word]) => word),
  ]);
  return compileGrammar(grammar, language, (token) => known.has(token)).dropped;
}
