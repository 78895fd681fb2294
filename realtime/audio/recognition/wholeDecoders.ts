import type { SpeechLanguage } from './grammar/index.ts';
import { EXTRA_WORDS } from './pronunciations.ts';
import { createPhoneDecoder, grammarOf, RIVAL, rivalRule } from './rival.ts';
import type { DecodedWord, DecoderConfig, NativeDecoder } from './soundswallower.ts';
import { addWord, teach } from './vocabulary.ts';
import type { RecognitionWorkerData } from './workerMessages.ts';

/** Wide beams: in noise the right phrase is often far behind at first. */
const EXACT: DecoderConfig = { beam: 1e-60, pbeam: 1e-60, wbeam: 1e-48 };
/** For phones alone, of which one is always near. */
const FREE: DecoderConfig = { beam: 1e-60, pbeam: 1e-60, wbeam: 1e-40 };

/**
 * What each further phone costs the rival of all phrases: its phones are only to be compared with those of the
 * phrases, and what was said is judged by how near it is to either.
 */
const EXACT_RIVAL = 1e-18;
/** The same where there are phones only: few and long ones, so that they do not fit just anything. */
const FREE_PHONES = 1e-12;

/**
 * The decoders of whole utterances. Each is done with one before anybody else has another, so all speakers
 * of a language share them: to make them takes a quarter of a second and 50 MB.
 */
export class WholeDecoders {
  /** A rule of the grammar: any one phone. */
  readonly anyPhone: string;
  readonly #exact: NativeDecoder;
  readonly #free: NativeDecoder;
  /** What `#exact` listens for now. */
  #phrases: string | undefined;

  private constructor(exact: NativeDecoder, free: NativeDecoder, anyPhone: string) {
    this.#exact = exact;
    this.#free = free;
    this.anyPhone = anyPhone;
  }

  static async create(
    data: RecognitionWorkerData,
    language: SpeechLanguage,
  ): Promise<WholeDecoders> {
    const [exact, free] = await Promise.all([
      createPhoneDecoder(data, language, EXACT, 'dictionary'),
      createPhoneDecoder(data, language, FREE),
    ]);
    const { anyPhone } = exact;
    for (const entry of EXTRA_WORDS[language]) addWord(exact.decoder, ...entry);
    free.decoder.set_grammar(`#JSGF V1.0; grammar phones; public <heard> = <rival>;
      ${anyPhone} ${rivalRule(FREE_PHONES)}`);
    return new WholeDecoders(exact.decoder, free.decoder, anyPhone);
  }

  knows(word: string): boolean {
    return this.#exact.lookup_word(word) !== null;
  }

  /** Has a decoder without a dictionary know these words. */
  teach(pupil: NativeDecoder, words: ReadonlySet<string>): void {
    teach(pupil, this.#exact, words);
  }

  listenFor(phrases: string): void {
    if (phrases === this.#phrases) return;
    this.#phrases = phrases;
    this.#exact.set_grammar(grammarOf(phrases, this.anyPhone, EXACT_RIVAL));
  }

  /** The words of what comes closest to the sound, undefined where that is none of the phrases. */
  phraseIn(sound: Float32Array): DecodedWord[] | undefined {
    const decoded = segmentsOf(this.#exact, sound);
    const isPhrase = decoded.length > 0 && decoded.every(({ t }) => !t.startsWith(RIVAL));
    return isPhrase ? decoded : undefined;
  }

  /** The phones that come closest to the sound, in any order. */
  phonesIn(sound: Float32Array): DecodedWord[] {
    return segmentsOf(this.#free, sound);
  }
}

/** What a whole utterance is decoded as: words or phones, without silence, noise and soundless steps. */
function segmentsOf(decoder: NativeDecoder, whole: Float32Array): DecodedWord[] {
  decoder.start();
  decoder.process_audio(whole, false, true);
  decoder.stop();
  return decoder.get_alignment().w.filter(({ t }) => !/^[<[(]/u.test(t));
}
