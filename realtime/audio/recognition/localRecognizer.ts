import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

import { Resampler, SAMPLE_RATE_HZ } from '../index.ts';
import { RecognitionError } from './recognitionError.ts';
import { RecognitionThread, type UtteranceListener } from './recognitionThread.ts';
import type {
  ExpectedSpeech,
  Recognition,
  RecognitionOptions,
  SpeechRecognizer,
  Utterance,
} from './recognizer.ts';
import { MODEL_RATE_HZ } from './workerMessages.ts';

export type LocalRecognizerOptions = {
  /** The worker's file, unless it is the one beside this file. */
  readonly workerUrl?: URL;
  /** How long a result may take after the end of speech; twenty seconds unless told. */
  readonly deadlineMs?: number;
  /** How long the worker is kept after the last utterance; ten minutes unless told. */
  readonly idleMs?: number;
};

// The build turns this into the address of the worker's own bundle.
const WORKER_URL = new URL('./recognitionWorker.ts', import.meta.url);

/**
 * Ears of this machine's own, for phrases in English and French, in a worker thread that is started with
 * the first utterance, or when one is expected, and ends when nobody has spoken for long. One recogniser
 * serves any number of sessions. After a crash the next utterance starts a new worker.
 */
export function createSpeechRecognizer(options: LocalRecognizerOptions = {}): SpeechRecognizer {
  return new LocalRecognizer(options);
}

class LocalRecognizer implements SpeechRecognizer {
  readonly #options: LocalRecognizerOptions;
  #thread: RecognitionThread | undefined;
  #closed = false;

  constructor(options: LocalRecognizerOptions) {
    this.#options = options;
  }

  prepare({ language, grammar }: ExpectedSpeech): void {
    if (!this.#closed) this.#liveThread().prepare({ language, grammar });
  }

  begin(options: RecognitionOptions): Utterance {
    if (this.#closed) throw closedError();
    return new LocalUtterance(this.#liveThread(), options);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.end(closedError());
  }

  #liveThread(): RecognitionThread {
    if (this.#thread?.alive !== true) this.#thread = this.#startThread();
    return this.#thread;
  }

  #startThread(): RecognitionThread {
    // The package stays a folder of its own beside a bundle: its models are files.
    const module = createRequire(import.meta.url).resolve('soundswallower');
    return new RecognitionThread({
      workerUrl: this.#options.workerUrl ?? WORKER_URL,
      data: {
        moduleUrl: pathToFileURL(module).href,
        modelFolder: join(dirname(module), 'model') + sep,
      },
      deadlineMs: this.#options.deadlineMs ?? 20_000,
      // Its memory, some 75 MB for a language, is worth the half second of another start by then.
      idleMs: this.#options.idleMs ?? 600_000,
    });
  }
}

class LocalUtterance implements Utterance, UtteranceListener {
  readonly #thread: RecognitionThread;
  readonly #id: number;
  readonly #tellPartial: ((text: string) => void) | undefined;
  readonly #result = Promise.withResolvers<Recognition>();
  #resampler: Resampler | undefined;
  /** Whether sound still counts. */
  #open = true;
  #wanted = true;

  constructor(thread: RecognitionThread, { language, grammar, onPartial }: RecognitionOptions) {
    this.#thread = thread;
    this.#tellPartial = onPartial;
    // One that fails before anybody asked tells it when somebody asks.
    this.#result.promise.catch(() => undefined);
    this.#id = thread.begin({ language, grammar, partials: onPartial !== undefined }, this);
  }

  push(samples: Int16Array, sampleRateHz = SAMPLE_RATE_HZ): void {
    if (!this.#open) return;
    this.#resampler ??= new Resampler(sampleRateHz, MODEL_RATE_HZ);
    this.#send(this.#resampler.push(samples));
  }

  end(): Promise<Recognition> {
    if (this.#open) {
      this.#open = false;
      if (this.#resampler !== undefined) this.#send(this.#resampler.flush());
      this.#thread.finish(this.#id);
    }
    return this.#result.promise;
  }

  cancel(): void {
    this.#open = false;
    this.#wanted = false;
    this.#thread.cancel(this.#id);
    this.#result.reject(
      new RecognitionError('recognitionCancelled', 'The utterance was cancelled.'),
    );
  }

  onPartial(text: string): void {
    if (this.#wanted) this.#tellPartial?.(text);
  }

  onResult(recognition: Recognition): void {
    this.#result.resolve(recognition);
  }

  onFailure(error: RecognitionError): void {
    this.#open = false;
    this.#result.reject(error);
  }

  #send(samples: Int16Array): void {
    if (samples.length > 0) this.#thread.push(this.#id, samples);
  }
}

function closedError(): RecognitionError {
  return new RecognitionError('recognitionClosed', 'The recogniser is closed.');
}
