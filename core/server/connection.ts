import { type Clock, errorText } from '../base/index.ts';
import type { Logger } from '../platform/index.ts';
import {
  clientRequests,
  type ClientMethod,
  experimentalPart,
  type InitializeParams,
  type InitializeResponse,
  isClientMethod,
  type JsonRpcMessage,
  type NotificationMethod,
  type NotificationParamsOf,
  ownNotifications,
  type RequestId,
  RpcErrorCode,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type Transport,
  type WireId,
  wantsOwnNotifications,
} from '../protocol/index.ts';
import { describeParamsError, invalidRequest, readEnvelope, RpcError } from '../rpc/index.ts';
import type { Handlers, Reply } from './handlers/index.ts';
import type { Client, Subscriptions } from './subscriptions.ts';
import type { ClientAnswer } from './serverRequests.ts';

export type ConnectionOptions = {
  readonly transport: Transport;
  /** Whether the client is known to be the user's own. */
  readonly isOwner: boolean;
  /** The folder that its relative paths are meant from. */
  readonly cwd: string;
  readonly subscriptions: Subscriptions;
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly log: Logger;
  /** What the client is told about the engine. */
  readonly greet: (params: InitializeParams) => InitializeResponse;
  readonly userAgentOf: (params: InitializeParams) => string;
  /** Called right after the hello was answered. */
  readonly onGreeted: (connection: Connection) => void;
  /** The client answered something that the engine asked, or says so. */
  readonly onAnswer: (connection: Connection, id: RequestId, answer: ClientAnswer) => void;
  /** Told before a request to a thread that does more than look at it is served. */
  readonly onThreadRequest: (threadId: string, client: Connection) => void;
  readonly onClosed: (connection: Connection) => void;
};

/** Requests of one client that may wait for their answer at a time; the peer's is of this order, too. */
const MAX_UNANSWERED = 256;

type IncomingRequest = Extract<ReturnType<typeof readEnvelope>, { kind: 'request' }>;

type State =
  | { readonly phase: 'new' }
  | {
      readonly phase: 'greeted';
      readonly client: InitializeParams;
      readonly muted: ReadonlySet<string>;
    }
  | { readonly phase: 'closed' };

/**
 * One client of the engine: reads its messages, refuses what the protocol refuses, runs the rest in
 * order of arrival, and answers. A request's answer always precedes what it announces (app-server §4).
 */
export class Connection implements Client {
  readonly #options: ConnectionOptions;
  #state: State = { phase: 'new' };
  #unanswered = 0;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { transport } = options;
    transport.onMessage = (message) => {
      this.#isolated('A message could not be handled', () => {
        this.#receive(message);
      });
    };
    transport.onClose = (reason) => {
      if (reason !== undefined) {
        options.log.warn(
          { client: this.clientName, reason },
          'Dropped a client that does not read',
        );
      }
      this.#close();
    };
  }

  /** Takes over a client whose hello has been answered by its host already. */
  resume(client: InitializeParams): void {
    this.#greeted(client);
  }

  /** Who the client said it is; known once it has said hello. */
  get clientName(): string {
    return this.#state.phase === 'greeted' ? this.#state.client.clientInfo.name : 'parley';
  }

  get isOwner(): boolean {
    return this.#options.isOwner;
  }

  get cwd(): string {
    return this.#options.cwd;
  }

  get unreadBytes(): number {
    return this.#state.phase === 'closed' ? 0 : (this.#options.transport.unreadBytes ?? 0);
  }

  /** How providers are told who asks (responses §3.1). */
  get userAgent(): string {
    if (this.#state.phase !== 'greeted') return 'parley';
    return this.#options.userAgentOf(this.#state.client);
  }

  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void {
    if (this.#state.phase !== 'greeted') return;
    const { client, muted } = this.#state;
    if (!muted.has(method)) {
      this.#send({ method, params, emittedAtMs: this.#options.clock.nowMs() });
    } else if (method === 'thread/realtime/warning' && !wantsOwnNotifications(client)) {
      // It is still to know that something went wrong.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the params of this very method
      const { threadId, message } = params as NotificationParamsOf<'thread/realtime/warning'>;
      this.notify('warning', { threadId, message });
    }
  }

  request<M extends ServerRequestMethod>(
    id: RequestId,
    method: M,
    params: ServerRequestParamsOf<M>,
  ): void {
    if (this.#state.phase === 'greeted') this.#send({ id, method, params });
  }

  /** Says goodbye; whatever is still running for this client goes on without it. */
  close(): void {
    this.#options.transport.close();
    this.#close();
  }

  #close(): void {
    if (this.#state.phase === 'closed') return;
    this.#state = { phase: 'closed' };
    this.#options.subscriptions.remove(this);
    this.#options.onClosed(this);
  }

  #receive(message: unknown): void {
    if (this.#state.phase === 'closed') return;
    const incoming = readEnvelope(message);
    switch (incoming.kind) {
      case 'request':
        void this.#handle(incoming);
        return;
      case 'answer':
        // Our own ids are small, so one that is not answers nothing.
        if (typeof incoming.id !== 'bigint') this.#options.onAnswer(this, incoming.id, incoming);
        return;
      case 'unreadable':
        this.#options.log.warn({}, 'Passed over a message that is no request');
        return;
      case 'notification':
        // `initialized` among them: nothing depends on any.
        return;
    }
  }

  async #handle(incoming: IncomingRequest): Promise<void> {
    const { id, method } = incoming;
    let reply: Reply<unknown>;
    try {
      reply = this.#dispatch(incoming);
    } catch (error) {
      this.#fail(id, method, error);
      return;
    }
    if (!(reply instanceof Promise)) {
      this.#answer(id, reply.result, reply.after);
      return;
    }
    this.#unanswered += 1;
    try {
      const { result, after } = await reply;
      this.#answer(id, result, after);
    } catch (error) {
      this.#fail(id, method, error);
    } finally {
      this.#unanswered -= 1;
    }
  }

  #dispatch({ id, method, params, trace }: IncomingRequest): Reply<unknown> {
    if (!isClientMethod(method)) throw unknownMethod(method);
    if (this.#unanswered >= MAX_UNANSWERED) throw overloaded();
    if (method === 'initialize') return this.#initialize(parseParams(method, params));
    if (this.#state.phase !== 'greeted') throw invalidRequest('Not initialized');
    if (this.#state.client.capabilities?.experimentalApi !== true) {
      const part = experimentalPart(method, params);
      if (part !== undefined) {
        throw invalidRequest(`${part} requires experimentalApi capability`);
      }
    }
    return this.#run(method, params, { trace, id });
  }

  #run(
    method: Exclude<ClientMethod, 'initialize'>,
    params: unknown,
    { trace, id }: Pick<IncomingRequest, 'trace' | 'id'>,
  ): Reply<unknown> {
    const handler = this.#options.handlers[method];
    const threadId = isObject(params) ? params['threadId'] : undefined;
    if (typeof threadId === 'string' && !isReading(method)) {
      this.#options.onThreadRequest(threadId, this);
    }
    return handler(parseParams(method, params), this, trace, id);
  }

  #initialize(params: InitializeParams): Reply<InitializeResponse> {
    if (this.#state.phase === 'greeted') throw invalidRequest('Already initialized');
    return {
      result: this.#options.greet(params),
      after: () => {
        this.#greeted(params);
      },
    };
  }

  #greeted(client: InitializeParams): void {
    const muted = new Set<string>(client.capabilities?.optOutNotificationMethods);
    if (!wantsOwnNotifications(client)) for (const own of ownNotifications) muted.add(own);
    this.#state = { phase: 'greeted', client, muted };
    this.#options.subscriptions.add(this);
    this.#options.onGreeted(this);
  }

  #answer(id: WireId, result: unknown, after: (() => void) | undefined): void {
    this.#send({ id, result });
    // The request has its answer: what fails now is told to nobody twice.
    if (after !== undefined) this.#isolated('What follows an answer failed', after);
  }

  /** Nothing that one client sends, or that fails while it is served, may reach another or the process. */
  #isolated(what: string, run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#options.log.error({ client: this.clientName, cause: errorText(error) }, what);
    }
  }

  #fail(id: WireId, method: string, error: unknown): void {
    if (error instanceof RpcError) {
      const { rpcCode: code, message, data } = error;
      this.#send({ id, error: data === undefined ? { code, message } : { code, message, data } });
      return;
    }
    this.#options.log.error({ method, cause: errorText(error) }, 'A request failed');
    this.#send({ id, error: { code: RpcErrorCode.internalError, message: errorText(error) } });
  }

  #send(message: JsonRpcMessage): void {
    if (this.#state.phase === 'closed') return;
    try {
      this.#options.transport.send(message);
    } catch (error) {
      this.#unsendable(message, errorText(error));
    }
  }

  /** A message that no wire can carry: too deep or too long to be written, which is the engine's fault. */
  #unsendable(message: JsonRpcMessage, cause: string): void {
    const method = 'method' in message ? message.method : undefined;
    this.#options.log.error({ client: this.clientName, method, cause }, 'A message cannot be sent');
    if ('method' in message) return;
    const { id } = message;
    const error = {
      code: RpcErrorCode.internalError,
      message: `The answer cannot be sent: ${cause}`,
    };
    this.#isolated('An answer cannot be sent', () => {
      this.#options.transport.send({ id, error });
    });
  }
}

const overloaded = (): RpcError =>
  new RpcError(RpcErrorCode.serverOverloaded, 'Server overloaded; retry later.');

function unknownMethod(method: string): RpcError {
  return invalidRequest(`Invalid request: unknown variant \`${method}\``);
}

function parseParams(method: ClientMethod, params: unknown): never {
  const parsed = clientRequests[method].params.safeParse(params, {
    reportInput: true,
    jitless: true,
  });
  if (!parsed.success && (params === undefined || params === null)) {
    throw invalidRequest('Invalid request: missing field `params`');
  }
  if (!parsed.success) throw invalidRequest(describeParamsError(parsed.error));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own row; `never` fits every handler
  return parsed.data as never;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** What only looks at a thread. */
const isReading = (method: string): boolean => /\/(?:list|read|search)$/u.test(method);
