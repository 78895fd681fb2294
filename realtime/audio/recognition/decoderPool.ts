import type { SpeechLanguage } from './grammar/index.ts';
import { PhraseDecoder } from './phraseDecoder.ts';
import type { RecognitionWorkerData } from './workerMessages.ts';

/** A decoder takes some 200 MB; utterances beyond these wait their turn, and lose nothing. */
const MOST_DECODERS = 2;

/** Decoders of one language, made when first needed and used by one utterance after another. */
export class DecoderPool {
  readonly #data: RecognitionWorkerData;
  readonly #language: SpeechLanguage;
  readonly #idle: PhraseDecoder[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(data: RecognitionWorkerData, language: SpeechLanguage) {
    this.#data = data;
    this.#language = language;
  }

  /** Whoever takes a decoder gives it back or discards it, once. */
  async take(): Promise<PhraseDecoder> {
    while (this.#taken === MOST_DECODERS) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
    this.#taken += 1;
    try {
      return this.#idle.pop() ?? (await PhraseDecoder.create(this.#data, this.#language));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  giveBack(decoder: PhraseDecoder): void {
    this.#idle.push(decoder);
    this.discard();
  }

  /** One that failed is not used again. */
  discard(): void {
    this.#taken -= 1;
    this.#waiting.shift()?.();
  }
}
