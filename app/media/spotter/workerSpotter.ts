import type { SpotterReply, SpotterRequest } from './spotterMessages.ts';
import type { SpotterLanguage } from './stopWords.ts';
import { SpotterError, type SpotterListener, type StopSpotter } from './stopSpotter.ts';

/** Where the build puts the acoustic models, beside the page. */
const MODEL_FOLDER = 'ears/';

/** Listens in a web worker, so that neither page nor sound wait for it. */
export class WorkerSpotter implements StopSpotter {
  readonly #listener: SpotterListener;
  readonly #worker: Worker;
  #isListening = false;
  #isClosed = false;

  constructor(language: SpotterLanguage, listener: SpotterListener) {
    this.#listener = listener;
    this.#worker = new Worker(new URL('./spotting.worker.ts', import.meta.url), {
      type: 'module',
      name: 'parley-spotter',
    });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<SpotterReply>) => {
      this.#take(data);
    });
    this.#worker.addEventListener('error', (event) => {
      // Dealt with here; without this the browser reports it once more.
      event.preventDefault();
      this.#fail(event.message);
    });
    const modelBase = new URL(MODEL_FOLDER, document.baseURI).href;
    this.#post({ type: 'load', language, modelBase });
  }

  setListening(isListening: boolean): void {
    if (this.#isClosed || isListening === this.#isListening) return;
    this.#isListening = isListening;
    this.#post({ type: 'listen', isListening });
  }

  /** 20 ms of the microphone. */
  heard(frame: Int16Array): void {
    // Always, because what comes just before a word belongs to it, and the room must be known.
    if (!this.#isClosed) this.#post({ type: 'heard', frame: frame.slice() });
  }

  /** 20 ms of the loudspeaker. */
  played(frame: Int16Array): void {
    if (!this.#isClosed && this.#isListening) this.#post({ type: 'played', frame: frame.slice() });
  }

  close(): void {
    this.#isClosed = true;
    this.#worker.terminate();
  }

  #post(request: SpotterRequest): void {
    this.#worker.postMessage(request);
  }

  #take(reply: SpotterReply): void {
    if (this.#isClosed) return;
    switch (reply.type) {
      case 'ready':
        this.#listener.onReady();
        return;
      case 'failed':
        this.#fail(reply.message);
        return;
      case 'speechBegan':
        if (this.#isListening) this.#listener.onSpeechBegan();
        return;
      case 'speechEnded':
        if (this.#isListening) this.#listener.onSpeechEnded(reply.word);
    }
  }

  #fail(cause: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#listener.onFailed(
      new SpotterError(`Parley cannot listen for “stop” on its own here (${cause}).`),
    );
  }
}
