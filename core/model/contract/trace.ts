import { randomBytes } from 'node:crypto';

/** The trace a turn belongs to, in the W3C's spelling (trace context §3). */
export type TraceContext = { readonly traceparent: string; readonly tracestate?: string };

/** A trace of its own, not sampled because nobody records it, for a request that nobody traces. */
export function freshTrace(): TraceContext {
  const traceId = randomBytes(16).toString('hex');
  return { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-00` };
}
