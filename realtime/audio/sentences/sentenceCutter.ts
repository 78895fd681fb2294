import { endsSentence } from './sentenceEnd.ts';

/** A sentence that goes on for longer is said from its last clause, else from its last word, on. */
const MAX_SENTENCE_CHARACTERS = 240;
/** The mark and what closes with it; a space has to follow, since a number may go on after its point. */
const MARK = /[.!?…؟۔।]["'”’»)\]]*(?=\s)|[。！？｡]["'”’」』）]*|\n/gu;

/**
 * Cuts words that come in pieces into sentences, each as soon as it is known to be whole, so that a voice
 * can begin before the last word is there. All that comes in goes out again, spaces included.
 */
export class SentenceCutter {
  #text = '';

  /** The sentences that these words complete. */
  push(words: string): readonly string[] {
    this.#text += words;
    const sentences: string[] = [];
    for (let end = this.#firstEnd(); end !== undefined; end = this.#firstEnd()) {
      sentences.push(this.#text.slice(0, end));
      this.#text = this.#text.slice(end);
    }
    return sentences;
  }

  /** What is left when no more words come. */
  rest(): string {
    const rest = this.#text;
    this.#text = '';
    return rest;
  }

  #firstEnd(): number | undefined {
    for (const { 0: mark, index } of this.#text.matchAll(MARK)) {
      const end = index + mark.length;
      const sentence = this.#text.slice(0, end);
      const ends = /[\p{L}\p{N}]/u.test(sentence)
        ? endsSentence(sentence, this.#text.slice(end).trimStart())
        : false;
      if (ends === true) return end;
      // What goes on and on ("etc. etc. etc.") is not searched to its end with each of its words.
      if (ends === undefined || end > MAX_SENTENCE_CHARACTERS) break;
    }
    if (this.#text.length <= MAX_SENTENCE_CHARACTERS) return undefined;
    const window = this.#text.slice(0, MAX_SENTENCE_CHARACTERS);
    const clause = /^.*[,;:](?=\s)/su.exec(window)?.[0].length;
    const space = window.lastIndexOf(' ');
    return clause ?? (space > 0 ? space : window.length);
  }
}

/** The sentences of a text, each with the space behind it; together they are the text. */
export function sentencesOf(text: string): readonly string[] {
  const cutter = new SentenceCutter();
  const pieces = [...cutter.push(text), cutter.rest()];
  const sentences: string[] = [];
  for (const piece of pieces) {
    const words = sentences.length === 0 ? piece : piece.trimStart();
    const space = piece.slice(0, piece.length - words.length);
    if (space !== '') sentences.push(`${sentences.pop() ?? ''}${space}`);
    if (words !== '') sentences.push(words);
  }
  return sentences;
}
