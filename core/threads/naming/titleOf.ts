import { shortened } from '../../base/index.ts';

const MAX_TITLE_CHARS = 60;

/** After this much of what the user said the first words have to do, however little they say. */
const PATIENCE = 3;

/** What people begin with before they say what they want, in the languages that Parley hears. */
const OPENINGS = [
  // English
  'um|uh|er|erm|hmm?|well|so|ok|okay|now|and|yes|yeah|right|(?:hi|hey|hello)(?: there| parley)?|good (?:morning|afternoon|evening)',
  "please|thanks|thank you|parley|(?:can|could|would|will) you|i(?:’d|'d| would) like you to|i want you to",
  // French
  "euh|ben|bon|alors|donc|oui|bonjour|bonsoir|salut|merci|s(?:’|')il (?:te|vous) pla[iî]t",
  '(?:est-ce que )?(?:tu peux|vous pouvez)|(?:peux|pourrais)-tu|(?:pouvez|pourriez)-vous',
  // German
  'äh|ähm|hm|also|ja|hallo|guten (?:morgen|tag|abend)|bitte|danke|kannst du|könntest du|können sie|könnten sie',
].join('|');
const OPENING = new RegExp(`^(?:${OPENINGS})(?![\\p{L}\\p{N}'’-])[\\s,.!?;:…-]*`, 'iu');

/** What stands around a title, signs of Markdown included. */
const EDGES = /^[\s#>*_"“”«»-]+|[\s_"“”«».,;:!?…。！？-]+$/gu;

/**
 * A short title for a conversation out of what the user said in it; undefined as long as that says nothing
 * of what it is about. Nobody is asked for it.
 */
export function titleOf(userWords: Iterable<string>): string | undefined {
  let first: string | undefined;
  let said = 0;
  for (const words of userWords) {
    for (const sentence of sentencesOf(words)) {
      const title = cleaned(sentence);
      if (saysSomething(title)) return asTitle(title);
    }
    first ??= words;
    said += 1;
    if (said >= PATIENCE) return asTitle(first.trim().replaceAll(EDGES, ''));
  }
  return undefined;
}

/** Signs of Markdown around words; between numbers and by itself a star is what the user said. */
const MARKS = /(?<![^\s("'“])[*`]+(?=\S)|(?<=\S)[*`]+(?![^\s.,;:!?)"'”])/gu;

/** Of what may be pages long, the beginning. */
function sentencesOf(words: string): readonly string[] {
  return words.slice(0, 2000).split(/\n+|(?<=[.!?…。！？])\s+|(?<=[。！？])/u);
}

function cleaned(sentence: string): string {
  let rest = sentence.replaceAll(MARKS, '').replaceAll(/\s+/gu, ' ').replaceAll(EDGES, '');
  for (;;) {
    const shorter = rest.replace(OPENING, '');
    if (shorter === rest) return rest;
    rest = shorter;
  }
}

/** Two words, a long one, or a few signs of a language that does not part its words. */
function saysSomething(title: string): boolean {
  return /\S\s+\S/u.test(title) || title.length >= 6 || /[\p{Lo}]{2}/u.test(title);
}

function asTitle(text: string): string | undefined {
  const [first = ''] = text;
  if (first === '') return undefined;
  const title = first.toUpperCase() + text.slice(first.length);
  if (title.length <= MAX_TITLE_CHARS) return title;
  // At the end of a word, where there is one.
  const head = title.slice(0, MAX_TITLE_CHARS + 1);
  const wordEnd = head.lastIndexOf(' ');
  return wordEnd < MAX_TITLE_CHARS / 2
    ? shortened(title, MAX_TITLE_CHARS)
    : `${head.slice(0, wordEnd).replaceAll(EDGES, '')}…`;
}
