import type { ModelRequest, TraceContext } from '../contract/index.ts';
import type { TurnContext } from '../request/index.ts';
import { SocketPool, wantsSockets } from '../socketPool/index.ts';
import type { ModelClientOptions } from '../transport/index.ts';
import { ModelClientSession } from './session.ts';

/** Samples the model of one conversation. What belongs to one turn lives in its session. */
export class ModelClient {
  readonly #options: ModelClientOptions;
  readonly #pool: SocketPool | undefined;
  readonly #closed = new AbortController();

  constructor(options: ModelClientOptions) {
    this.#options = options;
    this.#pool = options.sockets && new SocketPool(options, options.sockets);
  }

  /**
   * Opens a connection for the first turn ahead of it, and warms the model with everything of
   * `request` but its input, under the trace of whoever asked for the thread. Does nothing where requests go
   * by HTTP; never fails and tells nobody.
   */
  connectAhead(request: ModelRequest, trace?: TraceContext): void {
    const wanted = wantsSockets(this.#options.provider, request);
    if (wanted && !this.#closed.signal.aborted) this.#pool?.connectAhead(request, trace);
  }

  /** Begins a turn; turns of one conversation may overlap and share nothing but the connection. */
  startTurn(turn: TurnContext): ModelClientSession {
    return new ModelClientSession(this.#options, this.#pool, turn, this.#closed.signal);
  }

  /** Ends every sampling under way, as their own signals would. Closing twice is harmless. */
  close(): void {
    this.#closed.abort();
    this.#pool?.close();
  }
}
