import {
  type ClientCapabilities,
  type ClientMethod,
  PARLEY_EXTENSION,
  type ParamsOf,
  type RpcErrorBody,
  type Transport,
} from '../protocol/index.ts';

/** A message as it came over the wire, nothing checked. */
export type Message = {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: unknown;
  readonly error?: RpcErrorBody;
};

/** What a request was answered with. */
export type Answer = {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: RpcErrorBody;
};

type Waiter = { readonly test: (message: Message) => boolean; resolve(message: Message): void };

/**
 * A client without opinions: sends whatever a test gives it, keeps every message in the order of
 * arrival, and waits for one. Reads nothing away, so that a wait also finds what has come already.
 */
export class RpcProbe {
  /** Sees every message of every probe. */
  static observer:
    | ((probe: RpcProbe, direction: 'sent' | 'received', message: Message) => void)
    | undefined;
  readonly messages: Message[] = [];
  /** Resolves when the engine's side has gone. */
  readonly closed: Promise<void>;
  readonly #transport: Transport;
  readonly #waiters = new Set<Waiter>();
  #nextId = 1;

  constructor(transport: Transport) {
    this.#transport = transport;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    transport.onClose = () => {
      resolve();
    };
    transport.onMessage = (raw) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a probe shows what came, whatever it is
      const message = raw as Message;
      this.messages.push(message);
      if (isMessage(message)) RpcProbe.observer?.(this, 'received', message);
      for (const waiter of Array.from(this.#waiters)) {
        if (!waiter.test(message)) continue;
        this.#waiters.delete(waiter);
        waiter.resolve(message);
      }
    };
  }

  /** Sends exactly this; types are for the well-behaved. */
  send(message: unknown): void {
    if (isMessage(message)) RpcProbe.observer?.(this, 'sent', message);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- malformed messages are what tests are about
    this.#transport.send(message as Parameters<Transport['send']>[0]);
  }

  /** Asks anything and resolves with the answer, be it a result or an error. */
  async ask(method: string, params?: unknown): Promise<Answer> {
    const id = this.#nextId;
    this.#nextId += 1;
    const answered = this.#first((message) => message.id === id && message.method === undefined);
    this.send(params === undefined ? { id, method } : { id, method, params });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one message with this id
    return (await answered) as Answer;
  }

  /** Asks and expects a result; an error fails the test with its message. */
  async call<M extends ClientMethod>(
    method: M,
    params: ParamsOf<M>,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { result, error } = await this.ask(method, params);
    if (result === undefined) throw new Error(`${method} was refused: ${error?.message ?? '?'}`);
    return result;
  }

  /** Says hello as a client that knows Parley's additions, unless its `extensions` say otherwise. */
  async hello(name: string, capabilities: ClientCapabilities): Promise<void> {
    const clientInfo = { name, title: null, version: '1.0.0' };
    const given = { extensions: PARLEY_EXTENSION, ...capabilities };
    await this.call('initialize', { clientInfo, capabilities: given });
    this.send({ method: 'initialized' });
  }

  /** Starts a thread and returns its id. */
  async thread(params: ParamsOf<'thread/start'> = {}): Promise<string> {
    const { thread } = await this.call('thread/start', params);
    return String(record(thread)['id']);
  }

  /** Starts a turn with one text and returns its id. */
  async turn(threadId: string, text: string): Promise<string> {
    const { turn } = await this.call('turn/start', { threadId, input: [{ type: 'text', text }] });
    return String(record(turn)['id']);
  }

  /** The params of the n-th notification of a method (from 1), waiting for it if need be. */
  async notification(
    method: string,
    n = 1,
    test: (params: Readonly<Record<string, unknown>>) => boolean = () => true,
  ): Promise<Readonly<Record<string, unknown>>> {
    const matches = (message: Message): boolean =>
      message.method === method && test(message.params ?? {});
    let seen = this.messages.filter(matches);
    while (seen.length < n) {
      await this.#next(matches);
      seen = this.messages.filter(matches);
    }
    return seen[n - 1]?.params ?? {};
  }

  /** All notifications of a method so far. */
  all(method: string): readonly Readonly<Record<string, unknown>>[] {
    return this.messages.flatMap((message) =>
      message.method === method ? [message.params ?? {}] : [],
    );
  }

  /** Methods of all notifications so far, answers as `answer`. */
  get order(): readonly string[] {
    return this.messages.map(({ method }) => method ?? 'answer');
  }

  /** Where a test begins to look at `order` or `messages` from. */
  get mark(): number {
    return this.messages.length;
  }

  close(): void {
    this.#transport.close();
  }

  async #first(test: (message: Message) => boolean): Promise<Message> {
    return this.messages.find(test) ?? this.#next(test);
  }

  async #next(test: (message: Message) => boolean): Promise<Message> {
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiters.add({ test, resolve });
    return promise;
  }
}

const isMessage = (message: unknown): message is Message =>
  typeof message === 'object' && message !== null;

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new Error('Not an object');
  return { ...value };
}
