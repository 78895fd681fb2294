import { errorText } from '../../../../core/base/index.ts';
import type { AppServerClient } from '../../../../core/protocol/index.ts';
import { encodePcm, SAMPLE_RATE_HZ } from '../../../../realtime/audio/index.ts';

/** Chunks of 40 ms: ten seconds without a confirmation mean that the engine takes no audio. */
const MAX_UNCONFIRMED_CHUNKS = 250;

/** The way of the microphone's sound to a thread's voice session. */
export class Uplink {
  readonly #client: AppServerClient;
  readonly #threadId: string;
  readonly #onProblem: (message: string, cause?: unknown) => void;
  #unconfirmed = 0;

  constructor(options: {
    readonly client: AppServerClient;
    readonly threadId: string;
    /** Audio does not get through; may be called more than once. */
    readonly onProblem: (message: string, cause?: unknown) => void;
  }) {
    this.#client = options.client;
    this.#threadId = options.threadId;
    this.#onProblem = options.onProblem;
  }

  /** Sends mono 24 kHz PCM16 without waiting for what was sent before. */
  send(chunk: Int16Array): void {
    this.#unconfirmed += 1;
    if (this.#unconfirmed > MAX_UNCONFIRMED_CHUNKS) {
      this.#onProblem('The engine does not take the audio.');
      return;
    }
    const audio = {
      data: encodePcm(chunk),
      sampleRate: SAMPLE_RATE_HZ,
      numChannels: 1,
      samplesPerChannel: chunk.length,
    };
    this.#client
      .request('thread/realtime/appendAudio', { threadId: this.#threadId, audio })
      .then(() => (this.#unconfirmed -= 1))
      .catch((error: unknown) => {
        this.#onProblem(`The engine refused the audio: ${errorText(error)}`, error);
      });
  }
}
