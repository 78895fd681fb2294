import type { Grammar, SpeechLanguage } from './grammar/index.ts';
import { PhraseDecoder } from './phraseDecoder.ts';
import { WholeDecoders } from './wholeDecoders.ts';
import type { RecognitionWorkerData } from './workerMessages.ts';

/** One thread follows no more speakers at a time; utterances beyond these wait, and lose nothing. */
const MOST_DECODERS = 2;

/** Decoders of one language, made when first needed and used by one utterance after another. */
export class DecoderPool {
  readonly #data: RecognitionWorkerData;
  readonly #language: SpeechLanguage;
  readonly #idle: PhraseDecoder[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = 0;
  #whole: Promise<WholeDecoders> | undefined;
  /** Settles when a decoder is ready that is being made before it is needed. */
  #preparing: Promise<void> | undefined;

  constructor(data: RecognitionWorkerData, language: SpeechLanguage) {
    this.#data = data;
    this.#language = language;
  }

  /** Makes a decoder ready for a grammar before it is needed; never throws, as another try follows. */
  async prepare(grammar: Grammar): Promise<void> {
    // Whoever speaks meanwhile takes this one, which is there sooner than another would be.
    this.#preparing ??= this.#warmUp(grammar)
      .catch(() => undefined)
      .finally(() => {
        this.#preparing = undefined;
      });
    await this.#preparing;
  }

  async #warmUp(grammar: Grammar): Promise<void> {
    // Where all are in use, they are warm.
    if (this.#taken > 0) return;
    const decoder = await this.#take();
    try {
      decoder.warmUp(grammar);
    } catch (error) {
      this.discard();
      throw error;
    }
    this.giveBack(decoder);
  }

  /** Whoever takes a decoder gives it back or discards it, once. */
  async take(): Promise<PhraseDecoder> {
    await this.#preparing;
    return this.#take();
  }

  async #take(): Promise<PhraseDecoder> {
    while (this.#taken === MOST_DECODERS) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
    this.#taken += 1;
    try {
      return this.#idle.pop() ?? (await this.#create());
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  giveBack(decoder: PhraseDecoder): void {
    this.#idle.push(decoder);
    this.#release();
  }

  /** One that failed is not used again, nor is what it shared with others. */
  discard(): void {
    this.#whole = undefined;
    this.#idle.length = 0;
    this.#release();
  }

  async #create(): Promise<PhraseDecoder> {
    this.#whole ??= WholeDecoders.create(this.#data, this.#language);
    return PhraseDecoder.create(this.#data, this.#language, await this.#whole);
  }

  #release(): void {
    this.#taken -= 1;
    this.#waiting.shift()?.();
  }
}
