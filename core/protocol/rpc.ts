import * as z from 'zod';

/** A request id: a string or a 64-bit integer, chosen by the side that asks (app-server §1). */
export const RequestId = z.union([z.string(), z.int()]);
export type RequestId = z.infer<typeof RequestId>;

/** An id as it came: a client's may be a 64-bit integer that no number of JavaScript's holds. */
export type WireId = RequestId | bigint;

/** W3C trace context a caller may attach to a request. */
export type TraceContext = { readonly traceparent?: string; readonly tracestate?: string };

export type RpcErrorBody = {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
};

export type JsonRpcRequest = {
  readonly id: RequestId;
  readonly method: string;
  readonly params?: unknown;
  readonly trace?: TraceContext;
};
export type JsonRpcResponse = { readonly id: WireId; readonly result: unknown };
export type JsonRpcFailure = { readonly id: WireId; readonly error: RpcErrorBody };
export type JsonRpcNotification = {
  readonly method: string;
  readonly params?: unknown;
  /** Unix ms of sending; newer peers stamp it, clients may ignore it. */
  readonly emittedAtMs?: number;
};

/** One message on the wire. There is no `jsonrpc` member and there are no batches (app-server §1). */
export type JsonRpcMessage =
  | JsonRpcRequest
  | JsonRpcResponse
  | JsonRpcFailure
  | JsonRpcNotification;

/** JSON-RPC error codes that may cross the wire (app-server §3). */
export const RpcErrorCode = {
  serverOverloaded: -32001,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;
export type RpcErrorCode = (typeof RpcErrorCode)[keyof typeof RpcErrorCode];
