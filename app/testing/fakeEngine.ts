import * as z from 'zod';

import {
  type ClientMethod,
  clientRequests,
  isClientMethod,
  type NotificationMethod,
  type NotificationParamsOf,
  type ParsedParamsOf,
  type ResponseOf,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
} from '../../core/protocol/index.ts';
import type { HostBridge, MessageChannelLike } from '../bridge/index.ts';

const Request = z.object({ id: z.number(), method: z.string(), params: z.unknown() });

/** What the fake answers to a method; those without one are answered with an empty object. */
export type EngineHandlers = {
  [M in ClientMethod]?: (params: ParsedParamsOf<M>) => ResponseOf<M> | Promise<ResponseOf<M>>;
};

/** What the page sent back under the id of something the engine asked. */
const Answer = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

export type SeenRequest = { readonly method: ClientMethod; readonly params: unknown };

/**
 * The engine's end of the page's channel, driven by hand: answers by the handlers it was given, sends
 * what it is told, and keeps what it was asked. Both directions are checked by the protocol's tables.
 */
export class FakeEngine implements HostBridge {
  readonly platform = 'browser';
  readonly requests: SeenRequest[] = [];
  readonly answers: z.infer<typeof Answer>[] = [];
  readonly #handlers: EngineHandlers;
  #deliver: ((message: unknown) => void) | undefined;
  #hangUp: (() => void) | undefined;
  /** While set, connecting fails with this. */
  refusal: Error | undefined;

  constructor(handlers: EngineHandlers) {
    this.#handlers = handlers;
  }

  async connect(): Promise<MessageChannelLike> {
    if (this.refusal !== undefined) throw this.refusal;
    const channel: MessageChannelLike = {
      postMessage: (message) => {
        // Cloned and deferred as on a real wire, so that no test passes by shared objects.
        const copy: unknown = structuredClone(message);
        queueMicrotask(() => {
          void this.#receive(copy);
        });
      },
      onMessage: (listener) => {
        this.#deliver = listener;
      },
      onClose: (listener) => {
        this.#hangUp = listener;
      },
      close: () => {
        this.#deliver = undefined;
        this.#hangUp = undefined;
      },
    };
    return channel;
  }

  notify<M extends NotificationMethod>(method: M, params: NotificationParamsOf<M>): void {
    const message: unknown = structuredClone({ method, params });
    this.#deliver?.(message);
  }

  /** Asks the page something; what it answers goes to `answers`. */
  ask<M extends ServerRequestMethod>(
    id: number,
    method: M,
    params: ServerRequestParamsOf<M>,
  ): void {
    const message: unknown = structuredClone({ id, method, params });
    this.#deliver?.(message);
  }

  /** The connection breaks from the engine's side. */
  drop(): void {
    const hangUp = this.#hangUp;
    this.#deliver = undefined;
    this.#hangUp = undefined;
    hangUp?.();
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

  async #receive(message: unknown): Promise<void> {
    const parsed = Request.safeParse(message);
    if (!parsed.success) {
      const answer = Answer.safeParse(message);
      if (answer.success) this.answers.push(answer.data);
      return;
    }
    const { id, method } = parsed.data;
    if (!isClientMethod(method)) {
      this.#deliver?.({ id, error: { code: -32601, message: `No method ${method}` } });
      return;
    }
    try {
      const params: unknown = clientRequests[method].params.parse(parsed.data.params);
      this.requests.push({ method, params });
      const result = await this.#answer(method, params);
      this.#deliver?.({ id, result });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#deliver?.({ id, error: { code: -32600, message: text } });
    }
  }

  async #answer(method: ClientMethod, params: unknown): Promise<unknown> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller parsed them by this method's row
    const handler = this.#handlers[method] as ((given: unknown) => unknown) | undefined;
    return handler === undefined ? {} : handler(params);
  }
}
