/** What a full stop behind one of these says depends on what comes next; see `OPENINGS`. */
type Kind =
  /** A name follows: "Dr. Smith". */
  | 'title'
  /** The sentence it stands in goes on: "approx. five". */
  | 'inside'
  /** A number follows, or it is a word of its own: "No. 5", but "No. That is wrong". */
  | 'numbered'
  /** Ends a sentence or stands in it: "Tea, milk, etc." */
  | 'anywhere';

const WORDS: Readonly<Record<Kind, string>> = {
  title: 'mr mrs ms dr prof st mme mlle mgr',
  inside: 'e.g i.e vs approx cf resp ca',
  numbered: 'no nos nr fig p pp vol ch',
  anywhere: 'etc jr sr inc ltd a.m p.m',
};

const KINDS: ReadonlyMap<string, Kind> = new Map(
  (['title', 'inside', 'numbered', 'anywhere'] as const).flatMap((kind) =>
    WORDS[kind].split(' ').map((word): [string, Kind] => [word, kind]),
  ),
);

/** With what the next word begins where the sentence goes on. */
const OPENINGS: Readonly<Record<Kind | 'initial', RegExp>> = {
  title: /^/u,
  inside: /^/u,
  numbered: /^[#(]?\p{N}/u,
  anywhere: /^(?:\p{Ll}|\p{N}|[,;:])/u,
  /** "J. Smith" */
  initial: /^\p{Lu}/u,
};

const LAST_WORD = /(?<before>^|.*[\s("'“‘«[])(?<word>[\p{L}.]+)\.$/su;

/**
 * Whether the full stop at the end of these words ends their sentence, where `next` follows after a space;
 * undefined as long as that takes the beginning of the next word.
 */
export function endsSentence(words: string, next: string): boolean | undefined {
  const kind = kindOf(words);
  if (kind === undefined) return true;
  const opening = OPENINGS[kind];
  if (next === '') return opening.test('') ? false : undefined;
  return !opening.test(next);
}

function kindOf(words: string): Kind | 'initial' | undefined {
  const { before = '', word } = LAST_WORD.exec(words)?.groups ?? {};
  if (word === undefined) return undefined;
  // Behind other words it is the speaker: "So do I."
  const isSpeaker = word === 'I' && before.trim() !== '';
  if (/^\p{Lu}$/u.test(word) && !isSpeaker) return 'initial';
  return KINDS.get(word.toLowerCase());
}
