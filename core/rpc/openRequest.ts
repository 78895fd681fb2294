import type {
  RequestId,
  ServerRequestMethod,
  ServerRequestParamsOf,
  ServerRequestResponseOf,
  UserAnswers,
} from '../protocol/index.ts';

/** What became of a request to the clients of a thread. */
export type Resolution<Response> =
  | { readonly type: 'answered'; readonly response: Response; readonly by: 'client' | 'voice' }
  /** Nobody is there who could answer; `reason` is one sentence. */
  | { readonly type: 'unanswerable'; readonly reason: string }
  | { readonly type: 'expired' }
  | { readonly type: 'withdrawn' };

export type RequestOptions<M extends ServerRequestMethod> = {
  /** When the request gives up by itself; absent: never. */
  readonly deadlineMs?: number;
  /** Whether somebody who is no client could answer: then clients that cannot do not end it. */
  readonly isAnswerableElsewhere?: () => boolean;
  /** What every client may see of an answer. */
  readonly shown?: (response: ServerRequestResponseOf<M>) => UserAnswers;
};

/** A request that the clients of a thread have been sent. It resolves exactly once. */
export type OpenRequest<M extends ServerRequestMethod> = {
  readonly id: RequestId;
  readonly resolution: Promise<Resolution<ServerRequestResponseOf<M>>>;
  /** Answers it without a client; false when it is over already. */
  answer(response: ServerRequestResponseOf<M>): boolean;
  /** Part of the answer is known; clients are told, and those that come later, too. */
  answerPartly(answers: UserAnswers): void;
  /** Nobody needs the answer any more. */
  withdraw(): void;
  /** To be called when `isAnswerableElsewhere` may have become false. */
  review(): void;
};

/** Asks the clients of one thread; the first answer counts (app-server §4, §8). */
export type RequestClients = <M extends ServerRequestMethod>(
  method: M,
  params: ServerRequestParamsOf<M>,
  options?: RequestOptions<M>,
) => OpenRequest<M>;
