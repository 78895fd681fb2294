import {
  type Clock,
  Emitter,
  errorText,
  type Timer,
  type Unsubscribe,
} from '../../../core/base/index.ts';
import {
  AppServerClient,
  isNotificationMethod,
  type NotificationMethod,
  type ServerNotification,
  serverNotifications,
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
  readonly notification: ServerNotification;
  /**
   * Initialized; `again` when an earlier connection had been lost, and `isNewEngine` when it was the
   * engine that ended meanwhile.
   */
  readonly ready: { readonly again: boolean; readonly isNewEngine: boolean };
  readonly lost: undefined;
};

/** Something that is told of one thread. */
export type ThreadNotice = Extract<
  ServerNotification,
  { readonly params: { readonly threadId: string | null } }
>;

const isOfThread = (notice: ServerNotification): notice is ThreadNotice =>
  'threadId' in notice.params;

const FIRST_RETRY_MS = 400;
const LONGEST_RETRY_MS = 8_000;

const METHODS = Object.keys(serverNotifications).filter(isNotificationMethod);

/** Keeps one initialized connection to the engine, and makes a new one when it goes away. */
export class EngineLink {
  readonly state = new Store<LinkState>({ phase: 'connecting' });
  readonly #bridge: HostBridge;
  readonly #clock: Clock;
  readonly #emitter = new Emitter<LinkEvents>((error) => {
    reportError(error);
  });
  #client: AppServerClient | undefined;
  #generation = 0;
  #failures = 0;
  #wasReady = false;
  #engineId: string | undefined;
  #retry: Timer | undefined;

  constructor(bridge: HostBridge, clock: Clock) {
    this.#bridge = bridge;
    this.#clock = clock;
  }

  /** The connection, once it is initialized and as long as it lives. */
  get client(): AppServerClient | undefined {
    return this.#client;
  }

  on<Name extends keyof LinkEvents>(
    name: Name,
    listener: (payload: LinkEvents[Name]) => void,
  ): Unsubscribe {
    return this.#emitter.on(name, listener);
  }

  /** Hears what is told of the thread that is open when it is told. */
  followThread(
    openThread: () => string | undefined,
    listener: (notice: ThreadNotice) => void,
  ): Unsubscribe {
    return this.on('notification', (notice) => {
      const threadId = openThread();
      if (threadId === undefined || !isOfThread(notice)) return;
      if (notice.params.threadId === threadId) listener(notice);
    });
  }

  /** Connects now, whatever was waiting; also the answer to "Try again". */
  async connect(): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    this.#retry?.cancel();
    try {
      const client = new AppServerClient(await this.#bridge.connect(), (error) => {
        reportError(error);
      });
      if (generation !== this.#generation) {
        client.close();
        return;
      }
      this.#listen(client, generation);
      const { codexHome, engineId } = await client.initialize({
        clientInfo: { name: 'parley-app', title: 'Parley', version: version },
        capabilities: { experimentalApi: true },
      });
      if (generation !== this.#generation) {
        client.close();
        return;
      }
      this.#failures = 0;
      this.#client = client;
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
    this.#client?.close();
    this.#client = undefined;
  }

  #listen(client: AppServerClient, generation: number): void {
    for (const method of METHODS) this.#forward(client, generation, method);
    client.on('closed', () => {
      this.#lose(generation, 'The connection to the engine was lost.');
    });
  }

  #forward(client: AppServerClient, generation: number, method: NotificationMethod): void {
    client.on(method, (params) => {
      if (generation !== this.#generation) return;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own row
      this.#emitter.emit('notification', { method, params } as ServerNotification);
    });
  }

  #lose(generation: number, reason: string, cause?: HostErrorCode): void {
    if (generation !== this.#generation) return;
    this.#generation += 1;
    this.#client?.close();
    const hadClient = this.#client !== undefined;
    this.#client = undefined;
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
