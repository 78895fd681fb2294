import type { TurnContext } from './metadata.ts';
import { ModelClientSession } from './session.ts';
import type { ModelClientValues } from './values.ts';

/** Samples the model of one conversation. What belongs to one turn lives in its session. */
export class ModelClient {
  readonly #values: ModelClientValues;
  readonly #closed = new AbortController();

  constructor(values: ModelClientValues) {
    this.#values = values;
  }

  /** Begins a turn; turns of one conversation may overlap and share nothing. */
  startTurn(turn: TurnContext): ModelClientSession {
    return new ModelClientSession(this.#values, turn, this.#closed.signal);
  }

  /** Ends every sampling under way, as their own signals would. Closing twice is harmless. */
  close(): void {
    this.#closed.abort();
  }
}
