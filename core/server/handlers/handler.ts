import type {
  ClientMethod,
  ParsedParamsOf,
  ResponseOf,
  TraceContext,
  WireId,
} from '../../protocol/index.ts';
import type { Client } from '../subscriptions.ts';

/** The answer to a request, and what is announced once the answer is on its way (app-server §4). */
export type Answered<Result> = { readonly result: Result; readonly after?: () => void };

/** A handler that can answer at once does, so that requests take effect in order of arrival. */
export type Reply<Result> = Answered<Result> | Promise<Answered<Result>>;

/** Handles one method; `trace` is what the caller's message carried, `id` what it is known by to the caller. Throws `RpcError` to refuse; anything else becomes an internal error. */
export type Handler<M extends ClientMethod> = (
  params: ParsedParamsOf<M>,
  client: Client,
  trace: TraceContext | undefined,
  id: WireId,
) => Reply<ResponseOf<M>>;

/** One handler for every row of the table but `initialize`, which the connection itself answers. */
export type Handlers = { readonly [M in Exclude<ClientMethod, 'initialize'>]: Handler<M> };
