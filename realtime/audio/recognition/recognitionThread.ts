import { Worker } from 'node:worker_threads';

import { RecognitionError } from './recognitionError.ts';
import type { ExpectedSpeech, Recognition } from './recognizer.ts';
import type {
  RecognitionReply,
  RecognitionRequest,
  RecognitionWorkerData,
  UtteranceRequest,
} from './workerMessages.ts';

/** Who is told of one utterance. */
export type UtteranceListener = {
  onPartial(text: string): void;
  onResult(recognition: Recognition): void;
  onFailure(error: RecognitionError): void;
};

export type RecognitionThreadOptions = {
  readonly workerUrl: URL;
  readonly data: RecognitionWorkerData;
  /** How long a result may take before the thread counts as hung. */
  readonly deadlineMs: number;
  /** How long nobody may have spoken before the thread ends by itself. */
  readonly idleMs: number;
};

/**
 * One worker thread. When it ends, every open utterance is told; it is never started again. It ends by
 * itself when it has long had nothing to do, and keeps the process alive only while it owes a result.
 */
export class RecognitionThread {
  readonly #worker: Worker;
  readonly #open = new Map<number, UtteranceListener>();
  readonly #owed = new Map<number, NodeJS.Timeout>();
  readonly #deadlineMs: number;
  readonly #idleMs: number;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;
  #ended: Promise<void> | undefined;

  constructor({ workerUrl, data, deadlineMs, idleMs }: RecognitionThreadOptions) {
    this.#deadlineMs = deadlineMs;
    this.#idleMs = idleMs;
    // Flags of the process (an inspector, --input-type) are meant for its own program, not for this one.
    const execArgv: string[] = [];
    this.#worker = new Worker(workerUrl, { workerData: data, execArgv, name: 'parley-ears' });
    this.#worker.unref();
    this.#worker.on('message', (reply: RecognitionReply) => {
      this.#take(reply);
    });
    this.#worker.on('error', (cause) => {
      void this.end(failure('The recogniser crashed.', { cause }));
    });
    this.#worker.on('exit', () => {
      void this.end(failure('The recogniser stopped unexpectedly.'));
    });
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  prepare(expected: ExpectedSpeech): void {
    this.#post({ type: 'prepare', ...expected });
    this.#rest();
  }

  /** Opens an utterance and returns its id. */
  begin(request: UtteranceRequest, listener: UtteranceListener): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#open.set(id, listener);
    this.#rest();
    this.#post({ type: 'begin', id, ...request });
    return id;
  }

  push(id: number, samples: Int16Array): void {
    this.#post({ type: 'push', id, samples });
  }

  /** Asks for the result of an utterance. */
  finish(id: number): void {
    if (!this.#open.has(id)) return;
    this.#post({ type: 'end', id });
    this.#worker.ref();
    const overdue = setTimeout(() => {
      void this.end(failure(`The recogniser did not answer within ${this.#deadlineMs} ms.`));
    }, this.#deadlineMs);
    this.#owed.set(id, overdue);
  }

  cancel(id: number): void {
    this.#post({ type: 'cancel', id });
    this.#close(id);
  }

  /** Ends the thread, telling every open utterance why; a second call waits for the first. */
  end(reason: RecognitionError): Promise<void> {
    this.#ended ??= this.#finish(reason);
    return this.#ended;
  }

  #post(request: RecognitionRequest): void {
    this.#worker.postMessage(request);
  }

  #take(reply: RecognitionReply): void {
    const listener = this.#open.get(reply.id);
    if (listener === undefined) return;
    switch (reply.type) {
      case 'partial':
        listener.onPartial(reply.text);
        return;
      case 'result':
        this.#close(reply.id);
        listener.onResult(reply.recognition);
        return;
      case 'failed':
        this.#close(reply.id);
        listener.onFailure(failure(`The recogniser failed: ${reply.error}`));
        return;
    }
  }

  #close(id: number): void {
    this.#open.delete(id);
    clearTimeout(this.#owed.get(id));
    this.#owed.delete(id);
    if (this.#owed.size === 0) this.#worker.unref();
    this.#rest();
  }

  /** From here on nobody may say anything for a while, unless somebody is just speaking. */
  #rest(): void {
    clearTimeout(this.#idle);
    if (this.#open.size > 0 || !this.alive) return;
    this.#idle = setTimeout(() => {
      void this.end(failure('Nobody has spoken for long.'));
    }, this.#idleMs).unref();
  }

  async #finish(reason: RecognitionError): Promise<void> {
    const listeners = Array.from(this.#open.values());
    this.#open.clear();
    for (const overdue of this.#owed.values()) clearTimeout(overdue);
    this.#owed.clear();
    clearTimeout(this.#idle);
    for (const listener of listeners) listener.onFailure(reason);
    await this.#worker.terminate();
  }
}

function failure(message: string, options?: { cause?: unknown }): RecognitionError {
  return new RecognitionError('recognitionFailed', message, options);
}
