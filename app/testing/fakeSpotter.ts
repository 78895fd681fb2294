import {
  SpotterError,
  type SpotterListener,
  type StopSpotter,
  type StopWord,
} from '../media/spotter/index.ts';

/** The spotter, driven by hand: a test says what it hears. */
export class FakeSpotter implements StopSpotter {
  isListening = false;
  isClosed = false;
  readonly language: string;
  readonly #listener: SpotterListener;

  constructor(language: string, listener: SpotterListener) {
    this.language = language;
    this.#listener = listener;
  }

  setListening(isListening: boolean): void {
    this.isListening = isListening;
  }

  close(): void {
    this.isClosed = true;
  }

  /** Its models are there. */
  load(): void {
    this.#listener.onReady();
  }

  /** Something like speech sets in. */
  speechBegins(): void {
    this.#listener.onSpeechBegan();
  }

  /** It was this word, or none. */
  hear(word: StopWord | undefined): void {
    this.#listener.onSpeechEnded(word);
  }

  /** The worker dies, or cannot load. */
  fail(message: string): void {
    this.#listener.onFailed(new SpotterError(message));
  }
}
