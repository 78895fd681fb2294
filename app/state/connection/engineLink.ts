import {
  type Clock,
  Emitter,
  errorText,
  type Timer,
  type Unsubscribe,
} from '../../../core/base/index.ts';
import {
  AppServerClient,
  type ClientEvents,
  PARLEY_EXTENSION,
} from '../../../core/protocol/index.ts';
import { version } from '../../../package.json';
import { type HostBridge, HostError, type HostErrorCode } from '../../bridge/index.ts';
import { Store } from '../store.ts';

export type LinkState =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'ready'; readonly home: string }
  | {
      readonly phase: 'lost';
      readonly reason: string;
      readonly attempt: number;
      /** What the host says of it, where it was asked and says anything. */
      readonly cause: HostErrorCode | undefined;
    };

type LinkEvents = {
  /**
   * Initialized; `again` when an earlier connection had been lost, and `isNewEngine` when it was the
   * engine that ended meanwhile.
   */
  readonly ready: { readonly again: boolean; readonly isNewEngine: boolean };
  readonly lost: undefined;
};

/** A client that is being greeted, or that the engine has answered. */
type Connection = { readonly client: AppServerClient; readonly isReady: boolean };

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 8_000;

/** Keeps one initialized connection to the engine, and makes a new one when it goes away. */
export class EngineLink {
  readonly state = new Store<LinkState>({ phase: 'connecting' });
  /** What the engine says, over whichever connection; one that was given up says nothing more. */
  readonly events = new Emitter<ClientEvents>((error) => {
    reportError(error);
  });
  readonly #bridge: HostBridge;
  readonly #clock: Clock;
  readonly #emitter = new Emitter<LinkEvents>((error) => {
    reportError(error);
  });
  #connection: Connection | undefined;
  #generation = 0;
  #failures = 0;
  #wasReady = false;
  #engineId: string | undefined;
  #retry: Timer | undefined;

  constructor(bridge: HostBridge, clock: Clock) {
    this.#bridge = bridge;
    this.#clock = clock;
    this.events.on('closed', (client) => {
      if (client === this.#connection?.client)
        this.#lose(this.#generation, 'The connection to the engine was lost.');
    });
  }

  /** The connection, once it is initialized and as long as it lives. */
  get client(): AppServerClient | undefined {
    return this.#connection?.isReady === true ? this.#connection.client : undefined;
  }

  on<Name extends keyof LinkEvents>(
    name: Name,
    listener: (payload: LinkEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Connects now, whatever was waiting; also the answer to "Try again". */
  async connect(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#retry?.cancel();
    this.#leave();
    try {
      const transport = await this.#bridge.connect();
      if (generation !== this.#generation) {
        transport.close();
        return;
      }
      const client = new AppServerClient(transport, this.events);
      this.#connection = { client, isReady: false };
      const { codexHome, engineId } = await client.initialize({
        clientInfo: { name: 'parley-app', title: 'Parley', version: version },
        capabilities: { experimentalApi: true, extensions: PARLEY_EXTENSION },
      });
      if (generation !== this.#generation) return;
      this.#failures = 0;
      this.#connection = { client, isReady: true };
      this.state.update(() => ({ phase: 'ready', home: codexHome }));
      const again = this.#wasReady;
      const isNewEngine = again && engineId !== this.#engineId;
      this.#wasReady = true;
      this.#engineId = engineId;
      this.#emitter.emit('ready', { again, isNewEngine });
    } catch (error) {
      this.#lose(generation, errorText(error), error instanceof HostError ? error.code : undefined);
    }
  }

  /** Closes for good; twice is harmless. */
  close(): void {
    this.#generation += 1;
    this.#retry?.cancel();
    this.#leave();
  }

  #leave(): void {
    const connection = this.#connection;
    // First, because its own end is no news then.
    this.#connection = undefined;
    connection?.client.close();
  }

  #lose(generation: number, reason: string, cause?: HostErrorCode): void {
    if (generation !== this.#generation) return;
    this.#generation += 1;
    const hadClient = this.client !== undefined;
    this.#leave();
    this.#failures += 1;
    const attempt = this.#failures;
    this.state.update(() => ({ phase: 'lost', reason, attempt, cause }));
    if (hadClient) this.#emitter.emit('lost', undefined);
    const delayMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 5));
    this.#retry = this.#clock.after(delayMs, () => {
      void this.connect();
    });
  }
}
