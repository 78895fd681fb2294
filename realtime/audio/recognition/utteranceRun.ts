import { concatPcm } from '../index.ts';
import type { DecoderPool } from './decoderPool.ts';
import type { PhraseDecoder } from './phraseDecoder.ts';
import type { Recognition } from './recognizer.ts';
import { MODEL_RATE_HZ, type UtteranceRequest } from './workerMessages.ts';

/** Sound is decoded, and a partial text told, in steps of 100 ms. */
const STEP_SAMPLES = MODEL_RATE_HZ / 10;
/** A phrase of a finite grammar does not last this long; what goes on longer is none of them. */
const MOST_SAMPLES = 30 * MODEL_RATE_HZ;

const UNKNOWN: Recognition = { type: 'unknown' };

type State =
  /** Until there is a decoder, sound waits. */
  | { readonly phase: 'preparing' }
  | { readonly phase: 'decoding'; readonly decoder: PhraseDecoder }
  /** Nothing that is pushed counts any more. */
  | { readonly phase: 'over' }
  | { readonly phase: 'failed'; readonly error: unknown };

/** One utterance in the worker. */
export class UtteranceRun {
  readonly #pool: DecoderPool;
  readonly #onPartial: (text: string) => void;
  readonly #prepared: Promise<void>;
  #state: State = { phase: 'preparing' };
  #pending: Int16Array[] = [];
  #pendingSamples = 0;
  #samples = 0;
  #partial = '';

  constructor(pool: DecoderPool, request: UtteranceRequest, onPartial: (text: string) => void) {
    this.#pool = pool;
    this.#onPartial = onPartial;
    this.#prepared = this.#prepare(request);
  }

  push(samples: Int16Array): void {
    this.#samples += samples.length;
    if (this.#samples > MOST_SAMPLES) return;
    if (this.#state.phase !== 'preparing' && this.#state.phase !== 'decoding') return;
    this.#pending.push(samples);
    this.#pendingSamples += samples.length;
    this.#decode(STEP_SAMPLES);
  }

  /** What was said; throws what went wrong. */
  async end(): Promise<Recognition> {
    await this.#prepared;
    if (this.#samples > MOST_SAMPLES) this.cancel();
    this.#decode(1);
    const recognition = this.#finish((decoder) => decoder.end()) ?? UNKNOWN;
    if (this.#state.phase === 'failed') throw this.#state.error;
    return recognition;
  }

  cancel(): void {
    this.#finish((decoder) => {
      decoder.cancel();
    });
    this.#state = { phase: 'over' };
  }

  async #prepare(request: UtteranceRequest): Promise<void> {
    try {
      this.#start(await this.#pool.take(), request);
    } catch (error) {
      this.#fail(error);
    }
  }

  #start(decoder: PhraseDecoder, { grammar, partials }: UtteranceRequest): void {
    const cancelled = this.#state.phase !== 'preparing';
    const started = cancelled ? false : this.#guarded(() => decoder.start(grammar, partials));
    if (started === undefined) return;
    if (started) {
      this.#state = { phase: 'decoding', decoder };
      this.#decode(STEP_SAMPLES);
      return;
    }
    // Nobody wants to know any more, or nothing of the grammar can be said.
    this.#pool.giveBack(decoder);
    this.#state = { phase: 'over' };
  }

  /** Decodes what waits, once it is as much as `least` samples. */
  #decode(least: number): void {
    if (this.#state.phase !== 'decoding' || this.#pendingSamples < least) return;
    const { decoder } = this.#state;
    const sound = concatPcm(this.#pending);
    this.#pending = [];
    this.#pendingSamples = 0;
    this.#guarded(() => {
      decoder.push(sound);
    });
    const text = this.#state.phase === 'decoding' ? decoder.partial() : this.#partial;
    if (text === this.#partial) return;
    this.#partial = text;
    this.#onPartial(text);
  }

  /** Lets go of the decoder, if there is one, with some last work for it. */
  #finish<T>(work: (decoder: PhraseDecoder) => T): T | undefined {
    if (this.#state.phase !== 'decoding') return undefined;
    const { decoder } = this.#state;
    const result = this.#guarded(() => work(decoder));
    if (this.#isFailed()) return undefined;
    this.#state = { phase: 'over' };
    this.#pool.giveBack(decoder);
    return result;
  }

  #isFailed(): boolean {
    return this.#state.phase === 'failed';
  }

  /** A decoder that throws is not to be trusted with another utterance. */
  #guarded<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#pool.discard();
      this.#fail(error);
      return undefined;
    }
  }

  #fail(error: unknown): void {
    this.#pending = [];
    if (this.#state.phase !== 'over') this.#state = { phase: 'failed', error };
  }
}
