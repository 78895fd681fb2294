import load, { type DecodedSegment, type NativeDecoder } from 'soundswallower';

import { SAMPLE_RATE_HZ } from '../../pcm.ts';
import { type SpotterLanguage, type StopWord, VOCABULARIES } from '../stopWords.ts';

/** Half as wide as for whole sentences, which cost twice as much: one word has few rivals to outlive. */
const BEAMS = { beam: 1e-60, pbeam: 1e-60, wbeam: 1e-40 };
/** For files that the models do not have: to ask for an address that is none needs no request. */
const NO_FILE = 'https://[';
const RIVAL = 'other_';
/** What each further sound costs the rival of all phrases: the cheaper, the more is refused. */
const RIVAL_WEIGHT = 1e-16;
/** The name of a step through the grammar. */
const NO_SOUND = '(NULL)';
/** The least likelihood that three decimals can show. */
const LEAST_LIKELIHOOD = 0.000_5;
/** The base of the decoder's logarithms. */
const LOG_BASE = Math.log(1.000_1);
const FRAMES_PER_SECOND = 100;
/**
 * Noise of the decoder's own, beside the loudest sample: the acoustic models were made of telephone calls, and
 * know nothing as clean as synthetic voices and noise gates.
 */
const DITHER_SHARE = 0.004;
/** Of full scale. */
const LEAST_DITHER = 8 / 32_768;
/** Laid before and behind, where a word that begins or ends at once would lose its edges. */
const MARGIN_SAMPLES = SAMPLE_RATE_HZ / 10;

/** It prints what it also throws. */
const doNothing = (): void => undefined;

/**
 * Makes out one of the few words in a short sound. A grammar always has a word that fits best, so it
 * gets a rival: any sounds of speech in any order, each at a price. What they explain better was none, and neither
 * was what the word explains badly.
 */
export class WordDecoder {
  readonly #decoder: NativeDecoder;
  readonly #meanings: ReadonlyMap<string, StopWord>;
  readonly #nearDistance: number;

  private constructor(
    decoder: NativeDecoder,
    meanings: ReadonlyMap<string, StopWord>,
    nearDistance: number,
  ) {
    this.#decoder = decoder;
    this.#meanings = meanings;
    this.#nearDistance = nearDistance;
  }

  /** Loads the models that lie in folders below `modelBase`, which ends in a slash. */
  static async load(language: SpotterLanguage, modelBase: string): Promise<WordDecoder> {
    const { model, phones, pronunciations, phrases, nearDistance } = VOCABULARIES[language];
    const options = { modelBase, defaultModel: model, print: doNothing, printErr: doNothing };
    const { Decoder } = await load(options);
    const decoder = new Decoder({
      samprate: SAMPLE_RATE_HZ,
      loglevel: 'FATAL',
      lda: NO_FILE,
      // Ours are a handful of words; the package's dictionary has 100,000.
      dict: NO_FILE,
      ...BEAMS,
    });
    await decoder.initialize();
    decoder.add_words(...pronunciations, ...phones.map((phone) => [RIVAL + phone, phone] as const));
    const any = phones.map((phone) => RIVAL + phone).join('|');
    const rival = `<any> = ${any}; <rival> = /${1 - RIVAL_WEIGHT}/ <any> | /${RIVAL_WEIGHT}/ <any> <rival>;`;
    const all = [...phrases.stop, ...phrases.goOn].join('|');
    decoder.set_grammar(
      `#JSGF V1.0; grammar words; public <heard> = <phrase> | <rival>; <phrase> = ${all}; ${rival}`,
    );
    const meanings = new Map<string, StopWord>([
      ...phrases.stop.map((phrase) => [phrase, 'stop'] as const),
      ...phrases.goOn.map((phrase) => [phrase, 'goOn'] as const),
    ]);
    return new WordDecoder(decoder, meanings, nearDistance);
  }

  /** Blocks for about a twentieth of the time the sound lasts. */
  decode(samples: Int16Array): StopWord | undefined {
    const sound = new Float32Array(samples.length + 2 * MARGIN_SAMPLES);
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    const dither = Math.max(LEAST_DITHER, (peak / 32_768) * DITHER_SHARE);
    for (const at of sound.keys()) {
      const sample = (samples[at - MARGIN_SAMPLES] ?? 0) / 32_768;
      sound[at] = sample + (Math.random() * 2 - 1) * dither;
    }
    this.#decoder.start();
    this.#decoder.process_audio(sound, false, true);
    this.#decoder.stop();
    const segments = this.#decoder.get_alignment().w.filter(({ t }) => t !== NO_SOUND);
    const upToWord = segments.slice(0, segments.findLastIndex(isWord) + 1);
    if (upToWord.some((segment) => distanceOf(segment) > this.#nearDistance)) return undefined;
    const text = upToWord
      .filter(isWord)
      .map(({ t }) => t.replace(/\(\d+\)$/u, ''))
      .join(' ');
    return this.#meanings.get(text);
  }
}

/** How far a segment is from the best that the sound could have been, per frame. */
function distanceOf({ p, d }: DecodedSegment): number {
  return -Math.log(Math.max(p, LEAST_LIKELIHOOD)) / LOG_BASE / Math.max(1, d * FRAMES_PER_SECOND);
}

/** Silence and noise have names in brackets. */
function isWord({ t }: DecodedSegment): boolean {
  return !/^[<[]/u.test(t);
}
