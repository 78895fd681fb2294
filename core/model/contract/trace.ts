import { randomUUID } from 'node:crypto';

/** The trace a turn belongs to, in the W3C's spelling (trace context §3). */
export type TraceContext = { readonly traceparent: string; readonly tracestate?: string };

/** A trace of its own, not sampled because nobody records it, for a request that nobody traces. */
export function freshTrace(): TraceContext {
  // Of UUIDs Node has a supply, where random bytes are a call of the system each; and none is all zeros.
  const [traceId, parentId] = [randomHex(), randomHex().slice(-16)];
  return { traceparent: `00-${traceId}-${parentId}-00` };
}

const randomHex = (): string => randomUUID().replaceAll('-', '');
