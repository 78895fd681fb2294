import * as z from 'zod';

import { type Emitter, errorText, ProductError, type Unsubscribe } from '../../base/index.ts';
import { IncomingRequests, type ServerRequestHandler } from './incomingRequests.ts';
import {
  isNotificationMethod,
  type NotificationMethod,
  type NotificationParamsOf,
  type ServerNotification,
  serverNotifications,
} from '../notifications.ts';
import type { ClientMethod, ParamsOf, ServerRequestMethod } from '../registry.ts';
import { type ResponseOf, serverAnswers } from '../responses.ts';
import type { RequestId } from '../rpc.ts';
import type { Transport } from './transport.ts';

/** The engine answered a request with an error object. */
export class RpcResponseError extends ProductError {
  readonly code = 'rpcResponse';
  readonly retryable = false;
  readonly rpcCode: number;
  readonly data: unknown;

  constructor(rpcCode: number, message: string, data?: unknown) {
    super(message);
    this.rpcCode = rpcCode;
    this.data = data;
  }
}

/** The connection went away before the engine answered. */
export class ConnectionClosedError extends ProductError {
  readonly code = 'connectionClosed';
  readonly retryable = true;

  constructor(method: string) {
    super(`Connection closed while waiting for ${method}`);
  }
}

type Pending = {
  readonly method: ClientMethod;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
};

/** What a client says: each notification by its method, and all of them as `notification`. */
export type ClientEvents = {
  readonly [M in NotificationMethod]: NotificationParamsOf<M>;
} & {
  readonly notification: ServerNotification;
  /** The wire of this client went away, or it was closed; comes once, and nothing follows. */
  readonly closed: AppServerClient;
  /** A frame or notification that breaks the protocol; the connection goes on. */
  readonly malformed: { readonly method: string | undefined; readonly reason: string };
};

const Incoming = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  error: z
    .object({ code: z.number(), message: z.string(), data: z.unknown().optional() })
    .optional(),
});

/**
 * The client half of the app-server protocol: what the page, the command line and tests drive the
 * engine with. Responses and notifications are parsed by their own row of the tables. A request of the
 * engine that `answer` names no handler for is refused.
 */
export class AppServerClient {
  readonly #transport: Transport;
  readonly #events: Emitter<ClientEvents>;
  readonly #pending = new Map<RequestId, Pending>();
  readonly #incoming: IncomingRequests;
  #nextId = 1;
  #closed = false;

  /** Says on `events` what it hears; clients that follow one another may share them. */
  constructor(transport: Transport, events: Emitter<ClientEvents>) {
    this.#transport = transport;
    this.#events = events;
    this.#incoming = new IncomingRequests((message) => {
      transport.send(message);
    });
    transport.onMessage = (message) => {
      this.#receive(message);
    };
    transport.onClose = () => {
      this.#finish();
    };
  }

  on<Name extends keyof ClientEvents>(
    name: Name,
    listener: (payload: ClientEvents[Name]) => void,
  ): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /** Rejects with `RpcResponseError` or `ConnectionClosedError`; never waits after a close. */
  async request<M extends ClientMethod>(method: M, params: ParamsOf<M>): Promise<ResponseOf<M>> {
    if (this.#closed) throw new ConnectionClosedError(method);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const id = this.#nextId;
    this.#nextId += 1;
    this.#pending.set(id, { method, resolve, reject });
    this.#transport.send({ id, method, params });
    const response: unknown = serverAnswers[method].parse(await promise);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own schema
    return response as ResponseOf<M>;
  }

  /** Answers what the engine asks by this method; one handler per method, the latest. */
  answer<M extends ServerRequestMethod>(method: M, handler: ServerRequestHandler<M>): Unsubscribe {
    return this.#incoming.handle(method, handler);
  }

  /** Says hello and confirms it; must come before every other request (app-server §2). */
  async initialize(params: ParamsOf<'initialize'>): Promise<ResponseOf<'initialize'>> {
    const response = await this.request('initialize', params);
    this.#transport.send({ method: 'initialized' });
    return response;
  }

  close(): void {
    this.#transport.close();
    this.#finish();
  }

  #receive(message: unknown): void {
    if (this.#closed) return;
    const parsed = Incoming.safeParse(message);
    if (!parsed.success) {
      this.#malformed(undefined, z.prettifyError(parsed.error));
      return;
    }
    const { id, method, params, error } = parsed.data;
    if (method === undefined) {
      if (id !== undefined) this.#settle(id, error, parsed.data['result']);
      return;
    }
    if (id !== undefined) {
      this.#incoming.receive(id, method, params);
      return;
    }
    this.#notify(method, params);
  }

  #settle(
    id: RequestId,
    error: { code: number; message: string; data?: unknown } | undefined,
    result: unknown,
  ): void {
    const pending = this.#pending.get(id);
    // An answer nobody waits for is passed over, as the protocol asks.
    if (pending === undefined) return;
    this.#pending.delete(id);
    if (error === undefined) pending.resolve(result);
    else pending.reject(new RpcResponseError(error.code, error.message, error.data));
  }

  #notify(method: string, params: unknown): void {
    // Unknown notifications are normal: a newer engine may send more than this client knows.
    if (!isNotificationMethod(method)) return;
    const parsed = serverNotifications[method].safeParse(params);
    if (!parsed.success) {
      this.#malformed(method, errorText(parsed.error));
      return;
    }
    if (method === 'serverRequest/resolved') {
      this.#incoming.resolved(serverNotifications[method].parse(params).requestId);
    }
    this.#events.emit(method, parsed.data);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own row
    this.#events.emit('notification', { method, params: parsed.data } as ServerNotification);
  }

  #malformed(method: string | undefined, reason: string): void {
    this.#events.emit('malformed', { method, reason });
  }

  #finish(): void {
    if (this.#closed) return;
    this.#closed = true;
    const waiting = Array.from(this.#pending.values());
    this.#pending.clear();
    this.#incoming.close();
    for (const { method, reject } of waiting) reject(new ConnectionClosedError(method));
    this.#events.emit('closed', this);
  }
}
