import type { RpcErrorBody, TraceContext, WireId } from '../protocol/index.ts';

/** What a message from a client is, told by its members alone (app-server §1). */
export type Incoming =
  | {
      readonly kind: 'request';
      readonly id: WireId;
      readonly method: string;
      readonly params: unknown;
      readonly trace: TraceContext | undefined;
    }
  | { readonly kind: 'notification'; readonly method: string }
  | {
      readonly kind: 'answer';
      readonly id: WireId;
      readonly result: unknown;
      readonly error: RpcErrorBody | undefined;
    }
  /** Nothing a server could answer: dropped, with a line in the log. */
  | { readonly kind: 'unreadable' };

/** Hand-written on purpose: this runs for every microphone chunk, and the members decide alone. */
export function readEnvelope(message: unknown): Incoming {
  if (!isRecord(message) || Array.isArray(message)) return { kind: 'unreadable' };
  const { id, method } = message;
  if (typeof method === 'string') {
    if (!('id' in message)) return { kind: 'notification', method };
    if (!isRequestId(id)) return { kind: 'unreadable' };
    return {
      kind: 'request',
      id,
      method,
      params: message['params'],
      trace: readTrace(message['trace']),
    };
  }
  if (!isRequestId(id)) return { kind: 'unreadable' };
  return { kind: 'answer', id, result: message['result'], error: readError(message['error']) };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isRequestId = (id: unknown): id is WireId =>
  typeof id === 'string' || typeof id === 'bigint' || Number.isSafeInteger(id);

function readTrace(trace: unknown): TraceContext | undefined {
  if (!isRecord(trace)) return undefined;
  const { traceparent, tracestate } = trace;
  return {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  };
}

function readError(error: unknown): RpcErrorBody | undefined {
  if (!isRecord(error)) return undefined;
  const { code, message, data } = error;
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : 'unknown error',
    data,
  };
}
