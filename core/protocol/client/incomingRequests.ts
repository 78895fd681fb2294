import { errorText } from '../../base/index.ts';
import {
  isServerRequestMethod,
  type ServerRequestMethod,
  type ServerRequestParamsOf,
  serverRequests,
} from '../registry.ts';
import type { ServerRequestResponseOf } from '../clientAnswers.ts';
import { type JsonRpcMessage, type RequestId, RpcErrorCode } from '../rpc.ts';

/** What a handler learns beside the parameters. */
export type AskedRequest = {
  readonly id: RequestId;
  /** Resolves when nobody waits for the answer any more; what comes later is not sent. */
  readonly over: Promise<void>;
};

/** Answers one method. What it throws is sent as the error of the answer, by its message. */
export type ServerRequestHandler<M extends ServerRequestMethod> = (
  params: ServerRequestParamsOf<M>,
  asked: AskedRequest,
) => Promise<ServerRequestResponseOf<M>>;

type AnyHandler = (params: unknown, asked: AskedRequest) => Promise<unknown>;

/**
 * The requests the server has sent to one client. Each is answered at most once; one that is sent
 * again while its answer is being thought about is the same request (app-server §4).
 */
export class IncomingRequests {
  readonly #send: (message: JsonRpcMessage) => void;
  readonly #handlers = new Map<string, AnyHandler>();
  readonly #open = new Map<RequestId, PromiseWithResolvers<void>>();

  constructor(send: (message: JsonRpcMessage) => void) {
    this.#send = send;
  }

  handle<M extends ServerRequestMethod>(method: M, handler: ServerRequestHandler<M>): () => void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only ever called with parameters parsed by this method's row
    const stored = handler as AnyHandler;
    this.#handlers.set(method, stored);
    return () => {
      if (this.#handlers.get(method) === stored) this.#handlers.delete(method);
    };
  }

  receive(id: RequestId, method: string, params: unknown): void {
    if (this.#open.has(id)) return;
    const handler = this.#handlers.get(method);
    if (handler === undefined || !isServerRequestMethod(method)) {
      this.#refuse(id, RpcErrorCode.methodNotFound, `This client does not answer ${method}`);
      return;
    }
    const parsed = serverRequests[method].params.safeParse(params);
    if (!parsed.success) {
      this.#refuse(id, RpcErrorCode.invalidParams, errorText(parsed.error));
      return;
    }
    void this.#run(id, handler, parsed.data);
  }

  /** The server waits no longer. */
  resolved(id: RequestId): void {
    const asking = this.#open.get(id);
    this.#open.delete(id);
    asking?.resolve();
  }

  close(): void {
    for (const id of Array.from(this.#open.keys())) this.resolved(id);
  }

  async #run(id: RequestId, handler: AnyHandler, params: unknown): Promise<void> {
    const asking = Promise.withResolvers<void>();
    this.#open.set(id, asking);
    let answer: () => void;
    try {
      const result = await handler(params, { id, over: asking.promise });
      answer = () => {
        this.#send({ id, result });
      };
    } catch (error) {
      answer = () => {
        this.#refuse(id, RpcErrorCode.internalError, errorText(error));
      };
    }
    if (this.#open.get(id) !== asking) return;
    this.resolved(id);
    answer();
  }

  #refuse(id: RequestId, code: RpcErrorCode, message: string): void {
    this.#send({ id, error: { code, message } });
  }
}
