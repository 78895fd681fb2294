import { msToSamples } from '../index.ts';
import { ComfortNoise } from './comfortNoise.ts';
import { type Grammar, type SpeechLanguage, textOf } from './grammar/index.ts';
import { compileGrammar } from './jsgf.ts';
import { PauseDetector } from './pauseDetector.ts';
import { EXTRA_WORDS } from './pronunciations.ts';
import type { Recognition, RecognisedWord } from './recognizer.ts';
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

/** Laid before and behind the sound, where words that begin or end at once would lose their edges. */
const MARGIN_MS = 150;

/**
 * What each further phone costs the rival of all phrases. The more it costs, the fewer phrases are
 * refused, and the more is taken for a phrase that is none.
 */
const RIVAL_WEIGHT: Readonly<Record<SpeechLanguage, number>> = { en: 1e-6, fr: 1e-6 };
const RIVAL = 'other_';

/** The least likelihood that three decimals can show. */
const LEAST_LIKELIHOOD = 0.000_5;
/** The base of the decoder's logarithms. */
const LOG_BASE = Math.log(1.000_1);
/** The distance from the best sound in each frame, in the decoder's units, that halves the confidence. */
const HALVING_DISTANCE = 40;

/**
 * Decodes one utterance at a time. A finite grammar always has a phrase that fits best, so it gets a
 * rival: any phones in any order, each at a price. What they explain better than every phrase does,
 * price included, was none of the phrases.
 *
 * Two decoders hear the sound. One follows it as it comes, for the words so far. The result is the
 * other's, which gets the utterance as a whole: levels that are measured over all of it make
 * the difference in noise, and do not depend on who spoke before.
 */
export class PhraseDecoder {
  readonly #language: SpeechLanguage;
  readonly #live: NativeDecoder;
  readonly #exact: NativeDecoder;
  readonly #rival: string;
  #grammar: string | undefined;
  #partials = false;
  #sound: Float32Array[] = [];
  #noise = new ComfortNoise();
  /** What was said up to the pause that lasts. */
  #early: Recognition | undefined;
  #pause = new PauseDetector();

  private constructor(decoders: {
    readonly language: SpeechLanguage;
    readonly live: NativeDecoder;
    readonly exact: NativeDecoder;
    readonly rival: string;
  }) {
    this.#language = decoders.language;
    this.#live = decoders.live;
    this.#exact = decoders.exact;
    this.#rival = decoders.rival;
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
    const weight = RIVAL_WEIGHT[language];
    const rival = `<phone> = ${phones.map((phone) => RIVAL + phone).join('|')};
      <rival> = /${1 - weight}/ <phone> | /${weight}/ <phone> <rival>;`;
    return new PhraseDecoder({ language, live, exact, rival });
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
    const jsgf = `#JSGF V1.0; grammar phrases; public <heard> = <phrase> | <rival>;
      <phrase> = ${body}; ${rules.join(' ')} ${this.#rival}`;
    if (jsgf !== this.#grammar) {
      this.#live.set_grammar(jsgf);
      this.#exact.set_grammar(jsgf);
    }
    this.#grammar = jsgf;
    this.#sound = [];
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
    if (this.#partials) this.#live.process_audio(sound, false, false);
    switch (this.#pause.push(samples)) {
      case 'speech':
        this.#early = undefined;
        return;
      case 'pauseBegan':
        // Speech ends in most pauses: the result is ready by the time it is asked for.
        this.#early = this.#recognise();
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

  end(): Recognition {
    if (this.#partials) this.#live.stop();
    const recognition = this.#early ?? this.#recognise();
    this.#sound = [];
    return recognition;
  }

  #recognise(): Recognition {
    const margin = new ComfortNoise().add(new Int16Array(msToSamples(MARGIN_MS, MODEL_RATE_HZ)));
    const whole = joined([margin, ...this.#sound, margin]);
    this.#exact.start();
    this.#exact.process_audio(whole, false, true);
    this.#exact.stop();
    const decoded = this.#exact.get_alignment().w.filter(isWord);
    if (decoded.length === 0 || decoded.some(({ t }) => t.startsWith(RIVAL))) {
      return { type: 'unknown' };
    }
    const words = writtenWords(decoded);
    const text = words.map((word) => word.text).join(' ');
    return { type: 'recognised', text, words, confidence: confidenceIn(decoded) };
  }
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

/** How near the words are to the best that the sound could have been, frame by frame. */
function confidenceIn(decoded: readonly DecodedWord[]): number {
  const frames = decoded.reduce((sum, { d }) => sum + d * FRAMES_PER_SECOND, 0);
  const distance = decoded.reduce(
    (sum, { p }) => sum - Math.log(Math.max(p, LEAST_LIKELIHOOD)) / LOG_BASE,
    0,
  );
  return 0.5 ** (distance / Math.max(1, frames) / HALVING_DISTANCE);
}

/** The words as people write them, elisions joined to what follows. */
function writtenWords(decoded: readonly DecodedWord[]): RecognisedWord[] {
  const written: RecognisedWord[] = [];
  for (const { t, b, d } of decoded) {
    const text = t.replace(/\(\d+\)$/u, '');
    const startMs = Math.max(0, Math.round(b * MS_PER_SECOND) - MARGIN_MS);
    const endMs = Math.max(0, Math.round((b + d) * MS_PER_SECOND) - MARGIN_MS);
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
