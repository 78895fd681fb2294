import type { SpotterReply, SpotterRequest } from '../spotterMessages.ts';
import { type Decode, Spotting } from './spotting.ts';

type LoadRequest = Extract<SpotterRequest, { type: 'load' }>;

/** Loads the models; rejects where they cannot be had. */
export type LoadDecoder = (request: LoadRequest) => Promise<Decode>;

/** The spotter's worker but for the worker: answers what it is asked, also while it is loading. */
export class SpotterService {
  readonly #load: LoadDecoder;
  readonly #tell: (reply: SpotterReply) => void;
  #spotting: Spotting | undefined;
  /** Parley may begin to speak before the models are there. */
  #isListening = false;

  constructor(load: LoadDecoder, tell: (reply: SpotterReply) => void) {
    this.#load = load;
    this.#tell = tell;
  }

  take(request: SpotterRequest): void {
    if (request.type === 'load') {
      void this.#start(request);
      return;
    }
    if (request.type === 'listen') this.#isListening = request.isListening;
    this.#spotting?.take(request);
  }

  async #start(request: LoadRequest): Promise<void> {
    try {
      const spotting = new Spotting(await this.#load(request), this.#tell);
      spotting.take({ type: 'listen', isListening: this.#isListening });
      this.#spotting = spotting;
      this.#tell({ type: 'ready' });
    } catch (error) {
      this.#tell({
        type: 'failed',
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
