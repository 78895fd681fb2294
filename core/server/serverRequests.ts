import type { Clock, Timer } from '../base/index.ts';
import {
  type RequestId,
  type RpcErrorBody,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  type ServerRequestResponseOf,
  serverRequests,
  type UserAnswers,
} from '../protocol/index.ts';
import {
  describeResultError,
  type OpenRequest,
  type RequestOptions,
  type Resolution,
} from '../rpc/index.ts';
import type { Subscriptions, Listener } from './subscriptions.ts';

export type ServerRequestsOptions = {
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
};

/** What a client sent back under a request's id. */
export type ClientAnswer = {
  readonly result: unknown;
  readonly error: RpcErrorBody | undefined;
};

/** How long a request that found nobody waits for a client, which may just be reloading. */
const NOBODY_PATIENCE_MS = 30_000;
/** Requests of all threads together that may be open at a time. */
const MAX_OPEN = 1_024;

const NOBODY = 'no client is connected to this thread';

/**
 * What the engine asks its clients. A request goes to every subscriber of its thread under one id, and
 * again to each that joins; the first usable answer resolves it and all others are passed over
 * (app-server §4). Clients that leave leave it open. A client that answers with an error or with
 * something unusable is out; when nobody else could answer, the request is unanswerable.
 */
export class ServerRequests {
  readonly #options: ServerRequestsOptions;
  readonly #open = new Map<RequestId, Pending>();
  #nextId = 0;

  constructor(options: ServerRequestsOptions) {
    this.#options = options;
  }

  open<M extends ServerRequestMethod>(
    threadId: string,
    method: M,
    params: ServerRequestParamsOf<M>,
    options: RequestOptions<M> = {},
  ): OpenRequest<M> {
    const id = this.#nextId;
    this.#nextId += 1;
    const { promise, resolve } = Promise.withResolvers<Resolution<ServerRequestResponseOf<M>>>();
    const pending = new Pending({
      ...this.#options,
      id,
      threadId,
      method,
      params,
      deadlineMs: options.deadlineMs,
      isAnswerableElsewhere: options.isAnswerableElsewhere ?? (() => false),
      onResolved: (resolution) => {
        this.#open.delete(id);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed by this method's own row, or given by the caller
        const known = resolution as Resolution<ServerRequestResponseOf<M>>;
        resolve(known);
        if (known.type !== 'answered') return {};
        const answers = options.shown?.(known.response);
        return { answeredBy: known.by, ...(answers === undefined ? {} : { answers }) };
      },
    });
    if (this.#open.size >= MAX_OPEN) pending.refuse(`${MAX_OPEN} questions are open already`);
    else {
      this.#open.set(id, pending);
      pending.begin();
    }
    return {
      id,
      resolution: promise,
      answer: (response) => pending.answer(response),
      answerPartly: (answers) => {
        pending.answerPartly(answers);
      },
      withdraw: () => {
        pending.withdraw();
      },
      review: () => {
        pending.review();
      },
    };
  }

  /** A client has begun to listen to a thread: it is asked what is open there. */
  joined(threadId: string, client: Listener): void {
    for (const pending of this.#open.values()) {
      if (pending.threadId === threadId) pending.send(client);
    }
  }

  /** A client answered. Ids that are unknown, or not open any more, are passed over. */
  take(client: Listener, id: RequestId, answer: ClientAnswer): void {
    this.#open.get(id)?.take(client, answer);
  }
}

type PendingOptions = ServerRequestsOptions & {
  readonly id: RequestId;
  readonly threadId: string;
  readonly method: ServerRequestMethod;
  readonly params: ServerRequestParamsOf<ServerRequestMethod>;
  readonly deadlineMs: number | undefined;
  readonly isAnswerableElsewhere: () => boolean;
  /** Called once; returns what clients are told beside the id. */
  readonly onResolved: (resolution: Resolution<unknown>) => {
    readonly answeredBy?: 'client' | 'voice';
    readonly answers?: UserAnswers;
  };
};

class Pending {
  readonly threadId: string;
  readonly #options: PendingOptions;
  /** Clients that have the request and may still answer it, maybe after they have come back. */
  readonly #asked = new Set<Listener>();
  #partly: UserAnswers | undefined;
  #patience: Timer | undefined;
  #deadline: Timer | undefined;
  #lastRefusal = NOBODY;
  #resolved = false;

  constructor(options: PendingOptions) {
    this.#options = options;
    this.threadId = options.threadId;
  }

  begin(): void {
    const { subscriptions, clock, deadlineMs } = this.#options;
    for (const client of subscriptions.subscribersOf(this.threadId)) this.send(client);
    if (deadlineMs !== undefined) {
      this.#deadline = clock.after(deadlineMs, () => {
        this.#resolve({ type: 'expired' });
      });
    }
    if (this.#asked.size > 0) return;
    this.#patience = clock.after(NOBODY_PATIENCE_MS, () => {
      this.review();
    });
  }

  send(client: Listener): void {
    const { id, method, params, subscriptions } = this.#options;
    this.#patience?.cancel();
    // The one that joins is taken for the one that left.
    const present = subscriptions.subscribersOf(this.threadId);
    for (const other of Array.from(this.#asked)) if (!present.has(other)) this.#asked.delete(other);
    this.#asked.add(client);
    client.request(id, method, params);
    if (this.#partly !== undefined) client.notify('serverRequest/partlyAnswered', this.#partlyOf());
  }

  take(client: Listener, { result, error }: ClientAnswer): void {
    if (!this.#asked.has(client)) return;
    if (error !== undefined) {
      this.#out(client, error.message);
      return;
    }
    const { method, threadId } = this.#options;
    const parsed = serverRequests[method].response.safeParse(result, { reportInput: true });
    if (parsed.success) {
      this.#resolve({ type: 'answered', response: parsed.data, by: 'client' });
      return;
    }
    const problem = describeResultError(parsed.error);
    client.notify('warning', {
      threadId,
      message: `The answer to ${method} was passed over: ${problem}`,
    });
    this.#out(client, `the answer was unusable (${problem})`);
  }

  answer(response: unknown): boolean {
    return this.#resolve({ type: 'answered', response, by: 'voice' });
  }

  answerPartly(answers: UserAnswers): void {
    if (this.#resolved) return;
    this.#partly = answers;
    this.#options.subscriptions.tell(
      this.threadId,
      'serverRequest/partlyAnswered',
      this.#partlyOf(),
    );
  }

  withdraw(): void {
    this.#resolve({ type: 'withdrawn' });
  }

  refuse(reason: string): void {
    this.#resolve({ type: 'unanswerable', reason });
  }

  /** Unanswerable once nobody could answer; who has left without a word may come back. */
  review(): void {
    if (this.#asked.size > 0 || this.#options.isAnswerableElsewhere()) return;
    this.refuse(this.#lastRefusal);
  }

  #out(client: Listener, reason: string): void {
    this.#asked.delete(client);
    this.#lastRefusal = reason;
    this.review();
  }

  #partlyOf(): { threadId: string; requestId: RequestId; answers: UserAnswers } {
    return { threadId: this.threadId, requestId: this.#options.id, answers: this.#partly ?? {} };
  }

  #resolve(resolution: Resolution<unknown>): boolean {
    if (this.#resolved) return false;
    this.#resolved = true;
    this.#patience?.cancel();
    this.#deadline?.cancel();
    const { id, subscriptions, onResolved } = this.#options;
    const more = onResolved(resolution);
    subscriptions.tell(this.threadId, 'serverRequest/resolved', {
      threadId: this.threadId,
      requestId: id,
      ...more,
    });
    return true;
  }
}
