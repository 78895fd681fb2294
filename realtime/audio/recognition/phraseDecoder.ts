import { msToSamples, samplesToMs } from '../index.ts';
import { probabilityOfPhrase } from './acceptance.ts';
import { type Grammar, type SpeechLanguage, textOf } from './grammar/index.ts';
import { compileGrammar } from './jsgf.ts';
import type { Recognition, RecognisedWord } from './recognizer.ts';
import { createPhoneDecoder, grammarOf, RIVAL } from './rival.ts';
import type { DecodedWord, DecoderConfig, NativeDecoder } from './soundswallower.ts';
import {
  ComfortNoise,
  loudnessRangeDb,
  PauseDetector,
  type PauseEvent,
  reduceNoise,
  spokenPart,
} from './sound/index.ts';
import type { WholeDecoders } from './wholeDecoders.ts';
import { MODEL_RATE_HZ, type RecognitionWorkerData } from './workerMessages.ts';

const MS_PER_SECOND = 1_000;

/** For the words so far every other frame will do, and what is not far behind. */
const LIVE: DecoderConfig = { ds: 2, beam: 1e-32, pbeam: 1e-32, wbeam: 1e-24 };
/** What goes on longer is hardly a phrase, and not decoded anew in each of its pauses: 8 s. */
const MOST_EARLY_SAMPLES = msToSamples(8_000, MODEL_RATE_HZ);

const WARM_UP_SAMPLES = msToSamples(300, MODEL_RATE_HZ);

/** Laid before and behind the sound, where words that begin or end at once would lose their edges. */
const MARGIN_MS = 150;

/**
 * What each further phone costs the rival of all phrases while somebody speaks: it is to win whenever what is
 * said sounds like none of them.
 */
const LIVE_RIVAL = 1e-6;
/** From what probability on a phrase counts as said. */
const LEAST_PROBABILITY = 0.5;

/**
 * Decodes one utterance at a time. A finite grammar always has a phrase that fits best, so it gets a
 * rival: any phones in any order, each at a price. What they explain better than every phrase does, price
 * included, was none of the phrases.
 *
 * One decoder follows the sound as it comes, for the words so far. The result is that of another, which
 * gets the utterance as a whole: levels and noise that are measured over all of it make the difference
 * in noise, and do not depend on who spoke before. A third one hears phones only, which tells how near the
 * sound of this voice in this room comes to the models at best, and so how near a phrase has to be.
 */
export class PhraseDecoder {
  readonly #language: SpeechLanguage;
  readonly #live: NativeDecoder;
  readonly #whole: WholeDecoders;
  #phrases: string | undefined;
  #partials = false;
  #isWarm = false;
  /** Whether the live decoder has heard the newest sound. */
  #following = false;
  #sound: Float32Array[] = [];
  #heardSamples = 0;
  #noise = new ComfortNoise();
  /** What was said up to the pause that lasts. */
  #early: Recognition | undefined;
  /** Whether what was said up to some pause was none of the phrases. */
  #isRefused = false;
  #pause = new PauseDetector();

  private constructor(language: SpeechLanguage, live: NativeDecoder, whole: WholeDecoders) {
    this.#language = language;
    this.#live = live;
    this.#whole = whole;
  }

  static async create(
    data: RecognitionWorkerData,
    language: SpeechLanguage,
    whole: WholeDecoders,
  ): Promise<PhraseDecoder> {
    const { decoder } = await createPhoneDecoder(data, language, LIVE);
    return new PhraseDecoder(language, decoder, whole);
  }

  /**
   * Makes ready for an utterance of a grammar; `partials` is whether anybody wants the words so far.
   * False when nothing of the grammar can be said.
   */
  start(grammar: Grammar, partials: boolean): boolean {
    const tokens = new Set<string>();
    const { body, rules } = compileGrammar(grammar, this.#language, (token) => {
      const canSay = this.#whole.knows(token);
      if (canSay) tokens.add(token);
      return canSay;
    });
    if (body === undefined) return false;
    const phrases = `<phrase> = ${body}; ${rules.join(' ')}`;
    if (phrases !== this.#phrases) {
      this.#phrases = phrases;
      this.#whole.teach(this.#live, tokens);
      this.#live.set_grammar(grammarOf(phrases, this.#whole.anyPhone, LIVE_RIVAL));
    }
    this.#whole.listenFor(phrases);
    this.#sound = [];
    this.#heardSamples = 0;
    this.#noise = new ComfortNoise();
    this.#pause = new PauseDetector();
    this.#early = undefined;
    this.#isRefused = false;
    this.#partials = partials;
    this.#following = false;
    if (partials) this.#live.start();
    return true;
  }

  /** Makes the grammar ready, and the decoders' code: the first sound they ever get takes much longer. */
  warmUp(grammar: Grammar): void {
    if (!this.start(grammar, true)) return;
    if (this.#isWarm) {
      this.cancel();
      return;
    }
    this.#live.process_audio(this.#noise.pause(WARM_UP_SAMPLES), false, false);
    this.#sound.push(this.#noise.pause(WARM_UP_SAMPLES));
    this.end();
  }

  /** Takes some more sound; blocks for a fraction of the time it lasts, and longer in a pause. */
  push(samples: Int16Array): void {
    const sound = this.#noise.add(samples);
    const before = this.#sound.at(-1);
    this.#sound.push(sound);
    this.#heardSamples += sound.length;
    const event = this.#pause.push(samples);
    if (this.#partials) this.#follow(event, sound, before);
    switch (event) {
      case 'speech':
        this.#early = undefined;
        return;
      case 'shortPause':
        // Speech ends in most pauses: the result is ready by the time it is asked for.
        if (!this.#isOther()) this.#decideEarly();
        return;
      case 'longPause':
        // In noise a phrase is taken for something else as well; talk goes on after what was none.
        if (!this.#isRefused) this.#decideEarly();
        return;
      case 'silence':
        return;
    }
  }

  /** Lets the live decoder hear speech, beginning a moment before it, and no silence. */
  #follow(event: PauseEvent, sound: Float32Array, before: Float32Array | undefined): void {
    const wasFollowing = this.#following;
    this.#following = event === 'speech';
    if (!this.#following) return;
    if (!wasFollowing && before !== undefined) this.#live.process_audio(before, false, false);
    this.#live.process_audio(sound, false, false);
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
    this.#isWarm = true;
    return recognition;
  }

  #recognise(): Recognition {
    // Another speaker may have had it listen for something else.
    if (this.#phrases !== undefined) this.#whole.listenFor(this.#phrases);
    const margin = this.#noise.pause(msToSamples(MARGIN_MS, MODEL_RATE_HZ));
    const sound = joined(this.#sound);
    const heard = reduceNoise(joined([margin, sound, margin]));
    const { first, next } = spokenPart(heard, margin.length);
    const whole = heard.subarray(first, next);
    const decoded = this.#whole.phraseIn(whole);
    if (decoded === undefined) return { type: 'unknown' };
    const confidence = probabilityOfPhrase(this.#language, {
      words: decoded,
      free: this.#whole.phonesIn(whole),
      seconds: (whole.length - 2 * margin.length) / MODEL_RATE_HZ,
      rangeDb: loudnessRangeDb(sound),
    });
    if (confidence < LEAST_PROBABILITY) return { type: 'unknown' };
    const words = writtenWords(decoded, samplesToMs(first, MODEL_RATE_HZ) - MARGIN_MS);
    const text = words.map((word) => word.text).join(' ');
    return { type: 'recognised', text, words, confidence };
  }

  /** Finds out what was said before it is asked for, unless it goes on for too long. */
  #decideEarly(): void {
    if (this.#heardSamples > MOST_EARLY_SAMPLES) return;
    this.#early ??= this.#recognise();
    this.#isRefused ||= this.#early.type === 'unknown';
  }

  /** Whether it sounds like none of the phrases, as far as anybody knows by now. */
  #isOther(): boolean {
    return this.#partials && this.#live.get_text().includes(RIVAL);
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
