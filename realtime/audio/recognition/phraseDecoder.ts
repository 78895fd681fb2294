import { msToSamples, samplesToMs } from '../index.ts';
import { ComfortNoise } from './comfortNoise.ts';
import { type Grammar, type SpeechLanguage, textOf } from './grammar/index.ts';
import { compileGrammar } from './jsgf.ts';
import { reduceNoise } from './noiseReduction.ts';
import { PauseDetector } from './pauseDetector.ts';
import { EXTRA_WORDS } from './pronunciations.ts';
import type { Recognition, RecognisedWord } from './recognizer.ts';
import { spokenPart } from './spokenPart.ts';
import {
  createDecoder,
  type DecodedWord,
  type DecoderConfig,
  type NativeDecoder,
  phonesOf,
} from './soundswallower.ts';
import { MODEL_RATE_HZ, type RecognitionWorkerData } from './workerMessages.ts';

const MS_PER_SECOND = 1_000;
const FRAMES_PER_SECOND = 100;

/** For the words so far every other frame will do. */
const LIVE: DecoderConfig = { ds: 2 };
/** Wide beams: in noise the right phrase is often far behind at first. */
const EXACT: DecoderConfig = { beam: 1e-90, pbeam: 1e-90, wbeam: 1e-70 };

/** What goes on longer is hardly a phrase, and not decoded anew in each of its pauses: 8 s. */
const MOST_EARLY_SAMPLES = msToSamples(8_000, MODEL_RATE_HZ);

/** Laid before and behind the sound, where words that begin or end at once would lose their edges. */
const MARGIN_MS = 150;

/**
 * What each further phone costs the rival of all phrases. The more it costs, the fewer phrases are
 * refused, and the more is taken for a phrase that is none. What a weak rival lets pass counts when it
 * also is near to the sound, as phrases in noise are; else a strong one has its say too.
 */
const WEAK_RIVAL = 1e-12;
const STRONG_RIVAL = 1e-6;
const RIVAL = 'other_';

/** The distance from the best sound in each frame, in the decoder's units, that still is near. */
const NEAR_DISTANCE = 44;

/** The least likelihood that three decimals can show. */
const LEAST_LIKELIHOOD = 0.000_5;
/** The base of the decoder's logarithms. */
const LOG_BASE = Math.log(1.000_1);
/** The distance that halves the confidence. */
const HALVING_DISTANCE = 40;

/**
 * Decodes one utterance at a time. A finite grammar always has a phrase that fits best, so it gets a
 * rival: any phones in any order, each at a price. What they explain better than every phrase does,
 * price included, was none of the phrases.
 *
 * One decoder follows the sound as it comes, for the words so far. The result is that of another, which
 * gets the utterance as a whole: levels and noise that are measured over all of it make the difference
 * in noise, and do not depend on who spoke before. What is in doubt it hears again, with a stronger rival.
 */
export class PhraseDecoder {
  readonly #language: SpeechLanguage;
  readonly #live: NativeDecoder;
  readonly #exact: NativeDecoder;
  readonly #phones: string;
  #phrases: string | undefined;
  /** The rival that the exact decoder's grammar has now. */
  #exactRival: number | undefined;
  #partials = false;
  #sound: Float32Array[] = [];
  #heardSamples = 0;
  #noise = new ComfortNoise();
  /** What was said up to the pause that lasts. */
  #early: Recognition | undefined;
  #pause = new PauseDetector();

  private constructor(decoders: {
    readonly language: SpeechLanguage;
    readonly live: NativeDecoder;
    readonly exact: NativeDecoder;
    readonly phones: string;
  }) {
    this.#language = decoders.language;
    this.#live = decoders.live;
    this.#exact = decoders.exact;
    this.#phones = decoders.phones;
  }

  static async create(
    data: RecognitionWorkerData,
    language: SpeechLanguage,
  ): Promise<PhraseDecoder> {
    const [live, exact] = await Promise.all([
      createDecoder(data, language, LIVE),
      createDecoder(data, language, EXACT),
    ]);
    const phones = await phonesOf(data, language);
    for (const decoder of [live, exact]) {
      for (const entry of EXTRA_WORDS[language]) addWord(decoder, ...entry);
      decoder.add_words(...phones.map((phone) => [RIVAL + phone, phone] as const));
    }
    const anyPhone = `<phone> = ${phones.map((phone) => RIVAL + phone).join('|')};`;
    return new PhraseDecoder({ language, live, exact, phones: anyPhone });
  }

  /**
   * Makes ready for an utterance of a grammar; `partials` is whether anybody wants the words so far.
   * False when nothing of the grammar can be said.
   */
  start(grammar: Grammar, partials: boolean): boolean {
    const { body, rules } = compileGrammar(
      grammar,
      this.#language,
      (token) => this.#exact.lookup_word(token) !== null,
    );
    if (body === undefined) return false;
    const phrases = `<phrase> = ${body}; ${rules.join(' ')}`;
    if (phrases !== this.#phrases) {
      this.#phrases = phrases;
      this.#exactRival = undefined;
      this.#live.set_grammar(this.#grammarAgainst(STRONG_RIVAL));
    }
    this.#setRival(WEAK_RIVAL);
    this.#sound = [];
    this.#heardSamples = 0;
    this.#noise = new ComfortNoise();
    this.#pause = new PauseDetector();
    this.#early = undefined;
    this.#partials = partials;
    if (partials) this.#live.start();
    return true;
  }

  /** Takes some more sound; blocks for a fraction of the time it lasts, and longer in a pause. */
  push(samples: Int16Array): void {
    const sound = this.#noise.add(samples);
    this.#sound.push(sound);
    this.#heardSamples += sound.length;
    if (this.#partials) this.#live.process_audio(sound, false, false);
    switch (this.#pause.push(samples)) {
      case 'speech':
        this.#early = undefined;
        return;
      case 'pauseBegan':
        // Speech ends in most pauses: the result is ready by the time it is asked for.
        if (this.#mayBePhrase()) this.#early = this.#recognise();
        return;
      case 'silence':
        return;
    }
  }

  /** The words so far, none while it sounds like none of the phrases; they may still change. */
  partial(): string {
    if (!this.#partials) return '';
    const text = this.#live.get_text();
    return text.includes(RIVAL) ? '' : textOf(text.split(' '));
  }

  /** Forgets the utterance. */
  cancel(): void {
    if (this.#partials) this.#live.stop();
    this.#sound = [];
  }

  end(): Recognition {
    if (this.#partials) this.#live.stop();
    const recognition = this.#early ?? this.#recognise();
    this.#sound = [];
    return recognition;
  }

  #recognise(): Recognition {
    const margin = this.#noise.pause(msToSamples(MARGIN_MS, MODEL_RATE_HZ));
    const heard = reduceNoise(joined([margin, ...this.#sound, margin]));
    const { first, next } = spokenPart(heard, margin.length);
    const whole = heard.subarray(first, next);
    this.#setRival(WEAK_RIVAL);
    let decoded = wordsIn(this.#exact, whole);
    if (decoded !== undefined && distanceOf(decoded) > NEAR_DISTANCE) {
      this.#setRival(STRONG_RIVAL);
      decoded = wordsIn(this.#exact, whole);
    }
    if (decoded === undefined) return { type: 'unknown' };
    const words = writtenWords(decoded, samplesToMs(first, MODEL_RATE_HZ) - MARGIN_MS);
    const text = words.map((word) => word.text).join(' ');
    const confidence = 0.5 ** (distanceOf(decoded) / HALVING_DISTANCE);
    return { type: 'recognised', text, words, confidence };
  }

  /** Whether it is worth knowing early what was said; else it is found out when it is asked for. */
  #mayBePhrase(): boolean {
    const isOther = this.#partials && this.#live.get_text().includes(RIVAL);
    return this.#heardSamples <= MOST_EARLY_SAMPLES && !isOther;
  }

  #setRival(weight: number): void {
    if (this.#exactRival === weight) return;
    this.#exact.set_grammar(this.#grammarAgainst(weight));
    this.#exactRival = weight;
  }

  #grammarAgainst(weight: number): string {
    return `#JSGF V1.0; grammar phrases; public <heard> = <phrase> | <rival>;
      ${this.#phrases ?? ''} ${this.#phones}
      <rival> = /${1 - weight}/ <phone> | /${weight}/ <phone> <rival>;`;
  }
}

/** The words of a whole utterance, or undefined when they are none of the phrases. */
function wordsIn(decoder: NativeDecoder, whole: Float32Array): DecodedWord[] | undefined {
  decoder.start();
  decoder.process_audio(whole, false, true);
  decoder.stop();
  const decoded = decoder.get_alignment().w.filter(isWord);
  const isPhrase = decoded.length > 0 && decoded.every(({ t }) => !t.startsWith(RIVAL));
  return isPhrase ? decoded : undefined;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** Whether a segment is a word, and not silence, noise or a step without a sound. */
function isWord({ t }: DecodedWord): boolean {
  return !/^[<[(]/u.test(t);
}

/** How far the words are from the best that the sound could have been, per frame. */
function distanceOf(decoded: readonly DecodedWord[]): number {
  const frames = decoded.reduce((sum, { d }) => sum + d * FRAMES_PER_SECOND, 0);
  const total = decoded.reduce(
    (sum, { p }) => sum - Math.log(Math.max(p, LEAST_LIKELIHOOD)) / LOG_BASE,
    0,
  );
  return total / Math.max(1, frames);
}

/** The words as people write them, elisions joined to what follows. */
function writtenWords(decoded: readonly DecodedWord[], offsetMs: number): RecognisedWord[] {
  const written: RecognisedWord[] = [];
  for (const { t, b, d } of decoded) {
    const text = t.replace(/\(\d+\)$/u, '');
    const startMs = Math.max(0, Math.round(b * MS_PER_SECOND) + offsetMs);
    const endMs = Math.max(0, Math.round((b + d) * MS_PER_SECOND) + offsetMs);
    const before = written.at(-1);
    if (before?.text.endsWith("'") === true) {
      written[written.length - 1] = { text: before.text + text, startMs: before.startMs, endMs };
    } else {
      written.push({ text, startMs, endMs });
    }
  }
  return written;
}

/** Adds a word, or a further pronunciation of one that is there: the package refuses those it has. */
function addWord(decoder: NativeDecoder, word: string, phones: string): void {
  let name = word;
  for (let variant = 2; decoder.lookup_word(name) !== null; variant += 1) {
    name = `${word}(${variant})`;
  }
  decoder.add_words([name, phones]);
}
