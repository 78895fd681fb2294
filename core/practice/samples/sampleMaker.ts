import { Worker } from 'node:worker_threads';

import type { Sample } from './sample.ts';

export type { Sample } from './sample.ts';

// The build turns this into the address of the worker's own bundle.
const WORKER_URL = new URL('./sampleWorker.ts', import.meta.url);
const DEADLINE_MS = 2000;
const HEAP_MB = 64;

export type SampleMakerOptions = {
  /** The worker's file, unless it is the one beside this file. */
  readonly workerUrl?: URL;
  /** How long one schema may take; two seconds unless told. */
  readonly deadlineMs?: number;
};

/**
 * Makes values that fit JSON Schemas in a thread of its own, one after the other: a schema comes from
 * outside and may ask for more than time and memory allow, which then costs the thread and nothing else.
 * Started with the first schema; keeps the process alive only while it owes an answer.
 */
export class SampleMaker {
  readonly #workerUrl: URL;
  readonly #deadlineMs: number;
  #worker: Worker | undefined;
  /** The worker has loaded what it needs. */
  #isReady = false;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(options: SampleMakerOptions = {}) {
    this.#workerUrl = options.workerUrl ?? WORKER_URL;
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  }

  /** Never rejects. Whoever has gone by the time it would be its turn gets no value. */
  make(schema: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Sample> {
    const sample = this.#last.then(() => {
      if (this.#isClosed || signal.aborted) return { problem: 'nobody waits for it any more' };
      return this.#run(schema);
    });
    this.#last = sample;
    return sample;
  }

  /** Ends the thread, and with it what it was at; closing twice does nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#worker?.terminate();
    await this.#last;
  }

  async #run(schema: Readonly<Record<string, unknown>>): Promise<Sample> {
    const worker = (this.#worker ??= this.#start());
    const { promise, resolve } = Promise.withResolvers<Sample>();
    let deadline: NodeJS.Timeout | undefined;
    const lose = (problem: string): void => {
      if (this.#worker === worker) this.#worker = undefined;
      void worker.terminate();
      resolve({ problem });
    };
    const failed = (): void => {
      lose('making a value for it took too much memory');
    };
    const take = (message: Sample | 'ready'): void => {
      if (message !== 'ready') {
        resolve(message);
        return;
      }
      this.#isReady = true;
      begin();
    };
    const begin = (): void => {
      deadline = setTimeout(() => {
        lose(`making a value for it took longer than ${this.#deadlineMs} ms`);
      }, this.#deadlineMs);
      worker.postMessage(schema);
    };
    worker.on('message', take).once('error', failed).once('exit', failed);
    worker.ref();
    if (this.#isReady) begin();
    try {
      return await promise;
    } finally {
      clearTimeout(deadline);
      worker.off('message', take).off('error', failed).off('exit', failed);
      worker.unref();
    }
  }

  #start(): Worker {
    this.#isReady = false;
    // Flags of the process (an inspector, --input-type) are meant for its own program, not for this one.
    const execArgv: string[] = [];
    const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB };
    const worker = new Worker(this.#workerUrl, { execArgv, resourceLimits, name: 'parley-sample' });
    // Between two schemas nobody else listens, and an `error` nobody listens to would end the process.
    worker.on('error', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }
}
