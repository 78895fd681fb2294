import load, { type NativeDecoder } from 'soundswallower';

import { SAMPLE_RATE_HZ } from '../pcm.ts';
import { type SpotterLanguage, type StopWord, VOCABULARIES } from './stopWords.ts';

/** Wide beams: in noise the right phrase is often far behind at first. */
const BEAMS = { beam: 1e-90, pbeam: 1e-90, wbeam: 1e-70 };
/** For files that the models do not have: to ask for an address that is none needs no request. */
const NO_FILE = 'https://[';
const RIVAL = 'other_';
/** Of full scale. Noise gates leave pure zeros, which the acoustic models were never shown. */
const DITHER = 8 / 32_768;
/** Laid before and behind, where a word that begins or ends at once would lose its edges. */
const MARGIN_SAMPLES = SAMPLE_RATE_HZ / 10;

/** It prints what it also throws. */
const doNothing = (): void => undefined;

/**
 * Makes out one of the few words in a short sound. A grammar always has a word that fits best, so it
 * gets a rival: any sounds of speech in any order, each at a price. What they explain better was none.
 */
export class WordDecoder {
  readonly #decoder: NativeDecoder;
  readonly #meanings: ReadonlyMap<string, StopWord>;

  private constructor(decoder: NativeDecoder, meanings: ReadonlyMap<string, StopWord>) {
    this.#decoder = decoder;
    this.#meanings = meanings;
  }

  /** Loads the models that lie in folders below `modelBase`, which ends in a slash. */
  static async load(language: SpotterLanguage, modelBase: string): Promise<WordDecoder> {
    const { model, phones, pronunciations, phrases, rivalWeight } = VOCABULARIES[language];
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
    const rival = `<any> = ${any}; <rival> = /${1 - rivalWeight}/ <any> | /${rivalWeight}/ <any> <rival>;`;
    const all = [...phrases.stop, ...phrases.goOn].join('|');
    decoder.set_grammar(
      `#JSGF V1.0; grammar words; public <heard> = <phrase> | <rival>; <phrase> = ${all}; ${rival}`,
    );
    const meanings = new Map<string, StopWord>([
      ...phrases.stop.map((phrase) => [phrase, 'stop'] as const),
      ...phrases.goOn.map((phrase) => [phrase, 'goOn'] as const),
    ]);
    return new WordDecoder(decoder, meanings);
  }

  /** Blocks for about a tenth of the time the sound lasts. */
  decode(samples: Int16Array): StopWord | undefined {
    const sound = new Float32Array(samples.length + 2 * MARGIN_SAMPLES);
    for (const at of sound.keys()) {
      const sample = (samples[at - MARGIN_SAMPLES] ?? 0) / 32_768;
      sound[at] = sample + (Math.random() * 2 - 1) * DITHER;
    }
    this.#decoder.start();
    this.#decoder.process_audio(sound, false, true);
    this.#decoder.stop();
    const text = this.#decoder
      .get_alignment()
      .w.map(({ t }) => t)
      // Silence, noise, and steps without a sound have names in brackets.
      .filter((word) => !/^[<[(]/u.test(word))
      .map((word) => word.replace(/\(\d+\)$/u, ''))
      .join(' ');
    return this.#meanings.get(text);
  }
}
