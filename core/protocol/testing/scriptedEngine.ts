import * as z from 'zod';

import {
  type ClientMethod,
  clientRequests,
  isClientMethod,
  type JsonRpcMessage,
  type NotificationMethod,
  type NotificationParamsOf,
  type ParsedParamsOf,
  type ResponseOf,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type Transport,
} from '../index.ts';

const Request = z.object({ id: z.number(), method: z.string(), params: z.unknown() });

/** What the client sent back under the id of something the engine asked. */
const Answer = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** What is answered to a method; a handler that throws refuses it in its error's words. */
export type EngineHandlers = {
  [M in ClientMethod]?: (params: ParsedParamsOf<M>) => ResponseOf<M> | Promise<ResponseOf<M>>;
};

type SeenRequest = { readonly method: ClientMethod; readonly params: unknown };

/** A copy, as on a real wire, so that no test passes by shared objects. */
const overTheWire = (message: JsonRpcMessage): unknown => JSON.parse(JSON.stringify(message));

/**
 * The engine's end of one client's connection, driven by hand: answers by the handlers it was given,
 * with an empty object where there is none, sends what it is told, and keeps what it was asked. Both
 * directions are checked by the protocol's tables.
 */
export class ScriptedEngine {
  readonly requests: SeenRequest[] = [];
  readonly answers: z.infer<typeof Answer>[] = [];
  /** While set, connecting fails with this. */
  refusal: Error | undefined;
  readonly #handlers: EngineHandlers;
  readonly #waiting: (() => void)[] = [];
  #wire: Transport | undefined;

  constructor(handlers: EngineHandlers = {}) {
    this.#handlers = { ...handlers };
  }

  /** The client's end; a later one takes the place of those before. */
  connect(): Transport {
    if (this.refusal !== undefined) throw this.refusal;
    const wire: Transport = {
      onMessage: undefined,
      onClose: undefined,
      send: (message) => {
        const copy = overTheWire(message);
        void Promise.resolve().then(async () => this.#receive(copy));
      },
      close: () => {
        if (this.#wire === wire) this.#wire = undefined;
      },
    };
    this.#wire = wire;
    return wire;
  }

  /** Answers a method otherwise from now on. */
  handle<M extends ClientMethod>(method: M, handler: NonNullable<EngineHandlers[M]>): void {
    this.#handlers[method] = handler;
  }

  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void {
    this.#deliver({ method, params });
  }

  /** Asks the client something; what it answers goes to `answers`. */
  ask<M extends ServerRequestMethod>(
    id: number,
    method: M,
    params: ServerRequestParamsOf<M>,
  ): void {
    this.#deliver({ id, method, params });
  }

  /** The connection breaks from the engine's side. */
  drop(): void {
    const wire = this.#wire;
    this.#wire = undefined;
    wire?.onClose?.();
  }

  /** What was asked for so far, in order. */
  get methods(): readonly ClientMethod[] {
    return this.requests.map(({ method }) => method);
  }

  /** The parameters of every request of one method so far. */
  asked<M extends ClientMethod>(method: M): readonly ParsedParamsOf<M>[] {
    return this.requests
      .filter((request) => request.method === method)
      .map(
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own row
        ({ params }) => params as ParsedParamsOf<M>,
      );
  }

  /** Resolves once the client has asked for this, be it before or after the call. */
  async requested(method: ClientMethod): Promise<void> {
    while (!this.methods.includes(method)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
  }

  #deliver(message: JsonRpcMessage): void {
    this.#wire?.onMessage?.(overTheWire(message));
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = Request.safeParse(message);
    if (!parsed.success) {
      const answer = Answer.safeParse(message);
      if (answer.success) this.answers.push(answer.data);
      return;
    }
    const { id, method } = parsed.data;
    if (!isClientMethod(method)) {
      this.#deliver({ id, error: { code: -32601, message: `No method ${method}` } });
      return;
    }
    try {
      const params: unknown = clientRequests[method].params.parse(parsed.data.params);
      this.requests.push({ method, params });
      for (const wake of this.#waiting.splice(0)) wake();
      const result = await this.#answer(method, params);
      this.#deliver({ id, result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#deliver({ id, error: { code: -32600, message: text } });
    }
  }

  #answer(method: ClientMethod, params: unknown): unknown {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller parsed them by this method's row
    const handler = this.#handlers[method] as ((given: unknown) => unknown) | undefined;
    return handler === undefined ? {} : handler(params);
  }
}
