import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Worker } from 'node:worker_threads';

import type { FliteStyle } from './fliteVoices.ts';
import { SpeechError } from './speechError.ts';
import type { WasmModule } from './wasm.ts';
import type { SpeechReply, SpeechRequest, SpeechWorkerData } from './workerMessages.ts';

type Waiting = {
  readonly resolve: (samples: Int16Array) => void;
  readonly reject: (error: SpeechError) => void;
};

export type SpeechThreadOptions = {
  readonly workerUrl: URL;
  readonly module: WasmModule;
  /** How long one piece may take before the thread counts as hung. */
  readonly deadlineMs: number;
};

/**
 * One worker thread and the private folder it works in. When it ends, everything that was asked of it
 * is rejected; it is never started again. It keeps the process alive only while it owes an answer.
 */
export class SpeechThread {
  readonly #worker: Worker;
  readonly #folder = mkdtempSync(join(tmpdir(), 'parley-voice-'));
  readonly #waiting = new Map<number, Waiting>();
  readonly #deadlineMs: number;
  #nextId = 1;
  #deadline: NodeJS.Timeout | undefined;
  #ended: Promise<void> | undefined;

  constructor(options: SpeechThreadOptions) {
    this.#deadlineMs = options.deadlineMs;
    const workerData: SpeechWorkerData = { module: options.module, folder: this.#folder };
    // Flags of the process (an inspector, --input-type) are meant for its own program, not for this one.
    const execArgv: string[] = [];
    this.#worker = new Worker(options.workerUrl, { workerData, execArgv, name: 'parley-voice' });
    this.#worker.unref();
    process.once('exit', this.#removeFolder);
    this.#worker.on('message', (reply: SpeechReply) => {
      this.#settle(reply);
    });
    this.#worker.on('error', (cause) => {
      void this.end(new SpeechError('speechFailed', 'The offline voice crashed.', { cause }));
    });
    this.#worker.on('exit', () => {
      void this.end(new SpeechError('speechFailed', 'The offline voice stopped unexpectedly.'));
    });
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** The sound of one piece; pieces are made in the order they were asked for. */
  synthesise(text: string, style: FliteStyle): Promise<Int16Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Int16Array>();
    const request: SpeechRequest = { id: this.#nextId, text, ...style };
    this.#nextId += 1;
    this.#waiting.set(request.id, { resolve, reject });
    if (this.#waiting.size === 1) this.#expectAnswer();
    this.#worker.postMessage(request);
    return promise;
  }

  /** Ends the thread, rejecting what it still owes; a second call waits for the first. */
  end(reason: SpeechError): Promise<void> {
    this.#ended ??= this.#finish(reason);
    return this.#ended;
  }

  #settle(reply: SpeechReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    this.#expectAnswer();
    if ('samples' in reply) {
      waiting?.resolve(reply.samples);
    } else {
      const message = `The offline voice could not say this: ${reply.error}.`;
      waiting?.reject(new SpeechError('speechFailed', message));
    }
  }

  /** Gives the next answer its time, or lets the process go when none is owed. */
  #expectAnswer(): void {
    clearTimeout(this.#deadline);
    if (this.#waiting.size === 0) {
      this.#worker.unref();
      return;
    }
    this.#worker.ref();
    this.#deadline = setTimeout(() => {
      const message = `The offline voice did not answer within ${this.#deadlineMs} ms.`;
      void this.end(new SpeechError('speechFailed', message));
    }, this.#deadlineMs);
  }

  async #finish(reason: SpeechError): Promise<void> {
    clearTimeout(this.#deadline);
    const waiting = Array.from(this.#waiting.values());
    this.#waiting.clear();
    for (const { reject } of waiting) reject(reason);
    await this.#worker.terminate();
    process.off('exit', this.#removeFolder);
    this.#removeFolder();
  }

  // Also when the process ends with the thread still there: nothing said may be left on the disk.
  readonly #removeFolder = (): void => {
    rmSync(this.#folder, { recursive: true, force: true });
  };
}
