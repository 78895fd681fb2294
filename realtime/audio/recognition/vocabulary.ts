import type { NativeDecoder } from './soundswallower.ts';

/** Adds a word, or a further pronunciation of one that is there: the package refuses those it has. */
export function addWord(decoder: NativeDecoder, word: string, phones: string): void {
  let name = word;
  for (let variant = 2; decoder.lookup_word(name) !== null; variant += 1) {
    name = `${word}(${variant})`;
  }
  decoder.add_words([name, phones]);
}

/** Has a decoder know words as another one knows them, each with all its pronunciations. */
export function teach(
  pupil: NativeDecoder,
  teacher: NativeDecoder,
  words: ReadonlySet<string>,
): void {
  const entries: (readonly [string, string])[] = [];
  for (const word of words) {
    for (const [name, phones] of pronunciationsOf(teacher, word)) {
      if (pupil.lookup_word(name) === null) entries.push([name, phones]);
    }
  }
  if (entries.length > 0) pupil.add_words(...entries);
}

function* pronunciationsOf(
  decoder: NativeDecoder,
  word: string,
): Generator<readonly [name: string, phones: string]> {
  let name = word;
  for (let variant = 2; ; variant += 1) {
    const phones = decoder.lookup_word(name);
    if (phones === null) return;
    yield [name, phones];
    name = `${word}(${variant})`;
  }
}
