import type { ClientDesk, ClientRequest } from '../interactions/index.ts';
import { type RequestId, type RpcErrorBody, clientAnswers } from '../protocol/index.ts';
import { describeResultError } from '../rpc/index.ts';
import type { Listener, Subscriptions } from './subscriptions.ts';

/** What a client sent back under a request's id. */
export type ClientAnswer = {
  readonly result: unknown;
  readonly error: RpcErrorBody | undefined;
};

type OpenRequest = { readonly threadId: string; readonly request: ClientRequest };

/** Requests of all threads together that may be open at a time. */
const MAX_OPEN = 1_024;

/**
 * The way of interactions to clients and back. A request goes to the subscribers of its thread under one
 * id, and again to each that joins (app-server §4); what they answer is read here, and counted there.
 */
export class ServerRequests {
  readonly #subscriptions: Subscriptions;
  readonly #open = new Map<RequestId, OpenRequest>();
  #nextId = 0;

  constructor(subscriptions: Subscriptions) {
    this.#subscriptions = subscriptions;
  }

  /** Where the interactions of one thread find its clients. */
  deskOf(threadId: string): ClientDesk {
    return {
      present: () => this.#subscriptions.subscribersOf(threadId),
      open: (request) => {
        if (this.#open.size >= MAX_OPEN) {
          return { refusal: `${MAX_OPEN} questions are open already` };
        }
        const id = this.#nextId;
        this.#nextId += 1;
        this.#open.set(id, { threadId, request });
        return { id };
      },
      drop: (id) => {
        this.#open.delete(id);
      },
    };
  }

  /** A client has begun to listen to a thread: it is asked what is open there. */
  joined(threadId: string, client: Listener): void {
    for (const open of Array.from(this.#open.values())) {
      if (open.threadId === threadId) open.request.joined(client);
    }
  }

  /** A client answered. Ids that are unknown, not open any more or not its own are passed over. */
  take(client: Listener, id: RequestId, { result, error }: ClientAnswer): void {
    const open = this.#open.get(id);
    if (open === undefined || !open.request.isAsked(client)) return;
    const { threadId, request } = open;
    if (error !== undefined) {
      request.out(client, error.message);
      return;
    }
    const { method } = request;
    if (!client.isOwner && method !== 'item/tool/requestUserInput') {
      request.out(client, 'a connection without a token decides nothing');
      return;
    }
    const parsed = clientAnswers[method].safeParse(result, { reportInput: true });
    if (parsed.success) {
      request.answered(client, parsed.data);
      return;
    }
    const problem = describeResultError(parsed.error);
    client.notify('warning', {
      threadId,
      message: `The answer to ${method} was passed over: ${problem}`,
    });
    request.out(client, `the answer was unusable (${problem})`);
  }
}
