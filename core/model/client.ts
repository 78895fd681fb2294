import { SocketLinks } from './links.ts';
import type { TurnContext } from './metadata.ts';
import type { ModelRequest } from './request.ts';
import { ModelClientSession } from './session.ts';
import { wantsSockets } from './socketTransport.ts';
import type { ModelClientValues } from './values.ts';

/** Samples the model of one conversation. What belongs to one turn lives in its session. */
export class ModelClient {
  readonly #values: ModelClientValues;
  readonly #links: SocketLinks | undefined;
  readonly #closed = new AbortController();

  constructor(values: ModelClientValues) {
    this.#values = values;
    this.#links = values.sockets && new SocketLinks(values, values.sockets);
  }

  /**
   * Opens a connection for the first turn ahead of it, and warms the model with everything of
   * `request` but its input. Does nothing where requests go by HTTP; never fails and tells nobody.
   */
  connectAhead(request: ModelRequest): void {
    const wanted = wantsSockets(this.#values.provider, request);
    if (wanted && !this.#closed.signal.aborted) this.#links?.connectAhead(request);
  }

  /** Begins a turn; turns of one conversation may overlap and share nothing but the connection. */
  startTurn(turn: TurnContext): ModelClientSession {
    return new ModelClientSession(this.#values, this.#links, turn, this.#closed.signal);
  }

  /** Ends every sampling under way, as their own signals would. Closing twice is harmless. */
  close(): void {
    this.#closed.abort();
    this.#links?.close();
  }
}
