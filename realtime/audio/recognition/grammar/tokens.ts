import type { SpeechLanguage } from './grammar.ts';

/** What French elides before a vowel; "aujourd'hui" is one word. */
const ELISION = /^(?:[cdjlmnst]|(?:jusqu|lorsqu|puisqu|quelqu|qu))'/u;
const ABBREVIATION = /^(?:\p{L}\.)+$/u;
const EDGES = /^[^\p{L}\p{N}'.]+|[^\p{L}\p{N}']+$/gu;

/**
 * The words of a text as the dictionaries have them: small letters, no punctuation, hyphens apart, and
 * in French what an apostrophe elides apart from what follows ("l'agent": "l'", "agent").
 */
export function tokensOf(text: string, language: SpeechLanguage): string[] {
  const plain = text.normalize('NFC').toLowerCase().replaceAll('’', "'");
  return plain
    .split(/[\s\-–—/_]+/u)
    .map((piece) => (ABBREVIATION.test(piece) ? piece : piece.replace(EDGES, '')))
    .flatMap((piece) => (language === 'fr' ? elisions(piece) : [piece]))
    .filter((token) => /[\p{L}\p{N}]/u.test(token));
}

/** Tokens as people write them, elisions joined again. */
export function textOf(tokens: readonly string[]): string {
  return tokens.join(' ').replaceAll("' ", "'");
}

function elisions(piece: string): string[] {
  const head = ELISION.exec(piece)?.[0];
  return head === undefined ? [piece] : [head, ...elisions(piece.slice(head.length))];
}
