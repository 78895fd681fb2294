import { freshTrace, type TurnContext } from '../../../model/index.ts';
import type { TraceContext } from '../../../protocol/index.ts';

type Trace = NonNullable<TurnContext['trace']>;

const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/u;
/** Printable ASCII, since it travels in a header. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/u;

/**
 * The W3C trace context of a turn's requests: the caller's where it is one, else a fresh one, as the
 * standard asks of whoever receives a broken one.
 */
export function traceOf(given: TraceContext | undefined): Trace {
  const { traceparent, tracestate } = given ?? {};
  if (traceparent === undefined || !isTraceparent(traceparent)) return freshTrace();
  return tracestate !== undefined && TRACESTATE.test(tracestate)
    ? { traceparent, tracestate }
    : { traceparent };
}

function isTraceparent(text: string): boolean {
  // Later versions may carry more behind the flags; version 00 ends there.
  return (
    TRACEPARENT.test(text) && (text.length === 55 || /^(?!00).{55}-[\x21-\x7e]{1,200}$/u.test(text))
  );
}
