import type { SpeechLanguage } from './grammar/index.ts';
import type { DecodedWord } from './soundswallower.ts';

const FRAMES_PER_SECOND = 100;
/** The least likelihood that three decimals can show. */
const LEAST_LIKELIHOOD = 0.000_5;
/** The base of the decoder's logarithms. */
const LOG_BASE = Math.log(1.000_1);
/** A range as of a quiet room. */
const CLEAR_RANGE_DB = 50;
/** Of fewer phones than these a mean says nothing. */
const LEAST_FREE_FRAMES = 5;

/**
 * Coefficients of a logistic regression. Distances are per frame, from the best that the sound could have
 * been, in the decoder's units. Free phones come as near as this voice in this room can: a voice that is
 * foreign to the models, or noise, takes words and phones away alike, other speech takes the words only.
 * Fitted to a quarter of the clips of `npm run ears`: with each noise, others with noise among them, those
 * decoded as a wrong phrase left out. The constants let 3 of 396 others without noise pass at even odds.
 */
const CONSTANTS: Readonly<Record<SpeechLanguage, number>> = { en: 3.5, fr: 4.7 };
const WEIGHTS = {
  worstWord: -0.102,
  beyondFree: -0.222,
  worstBeyondFree: 0.063,
  unheard: -5.2,
} as const;

/** When something begins and how long it lasts, in seconds. */
type Span = Pick<DecodedWord, 'b' | 'd'>;
type Feature = keyof typeof WEIGHTS;
const FEATURES = [
  'worstWord',
  'beyondFree',
  'worstBeyondFree',
  'unheard',
] as const satisfies Feature[];

/** What an utterance was decoded as. */
export type DecodedUtterance = {
  readonly words: readonly DecodedWord[];
  /** The same sound decoded as phones in any order. */
  readonly free: readonly DecodedWord[];
  /** How long it was, silence around it left out. */
  readonly seconds: number;
  /** How much louder its loud moments are than its quiet ones. */
  readonly rangeDb: number;
};

/** The probability that the words were said, and not other speech or a noise to which they came closest. */
export function probabilityOfPhrase(
  language: SpeechLanguage,
  { words, free, seconds, rangeDb }: DecodedUtterance,
): number {
  const judged = words.map((word) => {
    const frames = Math.max(1, word.d * FRAMES_PER_SECOND);
    const distance = distanceOf(word);
    return { frames, distance, beyond: distance - distanceDuring(word, free) };
  });
  const frames = sum(judged, (word) => word.frames);
  const others = Math.max(0, seconds * FRAMES_PER_SECOND - frames);
  const features: Readonly<Record<Feature, number>> = {
    worstWord: Math.max(...judged.map((word) => word.distance / word.frames)),
    beyondFree: sum(judged, ({ distance }) => distance) / frames - freeDistance(words, free),
    worstBeyondFree: Math.max(...judged.map((word) => word.beyond / word.frames)),
    // In noise nobody knows whether what is no word was speech.
    unheard: (others / (others + frames)) * Math.min(1, rangeDb / CLEAR_RANGE_DB),
  };
  const logOdds =
    CONSTANTS[language] + sum(FEATURES, (feature) => WEIGHTS[feature] * features[feature]);
  return 1 / (1 + Math.exp(-logOdds));
}

/** How far free phones are from the best per frame, from the first word to the last, silence left out. */
function freeDistance(words: readonly DecodedWord[], free: readonly DecodedWord[]): number {
  const b = words[0]?.b ?? 0;
  const last = words.at(-1);
  const span = { b, d: last === undefined ? 0 : last.b + last.d - b };
  const frames = sum(free, (phone) => FRAMES_PER_SECOND * sharedSeconds(span, phone));
  if (frames > LEAST_FREE_FRAMES) return distanceDuring(span, free) / frames;
  return (
    sum(free, distanceOf) /
    Math.max(
      1,
      sum(free, ({ d }) => d * FRAMES_PER_SECOND),
    )
  );
}

/** How far free phones are from the best, summed over the time of a word. */
function distanceDuring(span: Span, free: readonly DecodedWord[]): number {
  return sum(free, (phone) => {
    const shared = sharedSeconds(span, phone);
    return shared === 0 ? 0 : (distanceOf(phone) * shared) / phone.d;
  });
}

function sharedSeconds(a: Span, b: Span): number {
  return Math.max(0, Math.min(a.b + a.d, b.b + b.d) - Math.max(a.b, b.b));
}

/** How far a stretch of sound is from the best that it could have been, summed over its frames. */
function distanceOf({ p }: DecodedWord): number {
  return -Math.log(Math.max(p, LEAST_LIKELIHOOD)) / LOG_BASE;
}

function sum<T>(all: readonly T[], value: (each: T) => number): number {
  return all.reduce((total, each) => total + value(each), 0);
}
