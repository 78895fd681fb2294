import { randomBytes } from 'node:crypto';

/** The trace a turn belongs to, in the W3C's spelling (trace context §3). */
export type TraceContext = { readonly traceparent: string; readonly tracestate?: string };

const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/u;

/** What a caller gave, where it can be passed on; a state without a parent means nothing. */
export function traceOf(
  given: { readonly traceparent?: string; readonly tracestate?: string } | undefined,
): TraceContext | undefined {
  const { traceparent, tracestate } = given ?? {};
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return undefined;
  return tracestate === undefined || tracestate === ''
    ? { traceparent }
    : { traceparent, tracestate };
}

/** A trace of its own, not recorded anywhere, for a request that nobody traces. */
export function freshTrace(): TraceContext {
  const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
  return { traceparent: `00-${hex(16)}-${hex(8)}-00` };
}
