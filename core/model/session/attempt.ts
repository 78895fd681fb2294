import { ProductError } from '../../base/index.ts';
import {
  isCall,
  type Key,
  ModelError,
  type ModelEvent,
  type ResponseItem,
  textMessage,
} from '../contract/index.ts';
import { HttpError } from '../http/index.ts';
import {
  brokenStreamError,
  checkItemCount,
  connectionError,
  credentialError,
  factsFromHeaders,
  initialResponse,
  interrupt,
  type ResponseState,
  type ResponseStep,
  step,
  stepWhole,
  StreamTooLargeError,
  type WireEvent,
} from '../response/index.ts';
import { HandshakeError, type HandshakeFailure } from '../socketPool/index.ts';
import {
  type Answer,
  type Exchange,
  type FinishedResponse,
  StaleSocketError,
  type ResponsesTransport,
} from '../transport/index.ts';

export type AttemptFailure = {
  readonly error: ModelError;
  /** Which budget a repeat counts against. */
  readonly stage: 'request' | 'stream';
  /** What a repeat tells the model besides: what it has already said, and what to do otherwise. */
  readonly kept: readonly ResponseItem[];
  /** There was no socket to send anything over. */
  readonly handshake?: HandshakeFailure;
  /** The same request in full over a new connection may well work; nobody needs to know. */
  readonly renew?: boolean;
  /** An item was begun and not finished, which a person may have seen. */
  readonly hasBroken?: boolean;
  /** The connection broke or fell silent, whatever was asked. */
  readonly isConnectionLost?: boolean;
  /** The model itself ended its answer; no other way to it would have brought more. */
  readonly isModelsOwn?: boolean;
  /** What the connection was opened with, where that may have become invalid since. */
  readonly key?: Key;
};

export type AttemptContext = Exchange & {
  readonly transport: ResponsesTransport;
  readonly idPrefix: string;
  readonly onTurnState: (turnState: string) => void;
  /** Given, while an answer comes, what asks the model to stop it. */
  readonly onAnswering: (requestInterrupt: (() => void) | undefined) => void;
};

/** Asks once. Every item it opened is closed when it returns, whatever it returns. */
export async function* attempt(
  context: AttemptContext,
): AsyncGenerator<ModelEvent, 'completed' | AttemptFailure, void> {
  let answer: Answer;
  try {
    answer = await context.transport.open(context);
  } catch (error) {
    const failure = failureOf(context, error);
    yield* limitsOf(failure.error);
    return { ...failure, stage: 'request', kept: [] };
  }
  const reading: Reading = {
    state: initialResponse(context.idPrefix),
    understood: false,
    doubtful: false,
    responseId: undefined,
    renew: false,
    end: undefined,
  };
  let outcome: 'completed' | AttemptFailure | undefined;
  context.onAnswering(() => {
    const { responseId } = reading.state;
    if (responseId !== undefined) answer.requestInterrupt(responseId);
  });
  try {
    yield* answer.earlier;
    yield* headerEvents(context, answer.headers);
    outcome = yield* readResponse(context, answer, reading);
    return outcome;
  } finally {
    context.onAnswering(undefined);
    if (outcome === 'completed') answer.release(finished(reading));
    else answer.discard();
  }
}

function* headerEvents(
  context: AttemptContext,
  headers: Readonly<Record<string, unknown>>,
): Generator<ModelEvent, void, void> {
  const { turnState, events } = factsFromHeaders(headers);
  if (turnState !== undefined) context.onTurnState(turnState);
  yield* events;
}

type Reading = {
  state: ResponseState;
  understood: boolean;
  /** Something came that could not be read, so what the server remembers is not sure. */
  doubtful: boolean;
  /** As the end of the response names it. */
  responseId: string | undefined;
  renew: boolean;
  end: ResponseStep['end'];
};

function finished({ state, doubtful, responseId, end }: Reading): FinishedResponse | undefined {
  if (end?.type !== 'completed' || doubtful || responseId === undefined) return undefined;
  return { responseId, items: state.done.map(({ item }) => item) };
}

/** A refusal tells about limits, too. */
function* limitsOf({ rateLimits }: ModelError): Generator<ModelEvent, void, void> {
  for (const snapshot of rateLimits) yield { type: 'rateLimits', snapshot };
}

async function* readResponse(
  context: AttemptContext,
  answer: Answer,
  reading: Reading,
): AsyncGenerator<ModelEvent, 'completed' | AttemptFailure, void> {
  let lost: ReturnType<typeof failureOf> | undefined;
  try {
    yield* readEvents(context, answer, reading);
  } catch (error) {
    lost = failureOf(context, error);
  }
  if (reading.end?.type === 'completed') return 'completed';
  const { state } = reading;
  const hasBroken = state.open.length > 0;
  yield* interrupt(state).events;

  const failed = reading.end?.error;
  const error = failed ?? lost?.error ?? endedEarly(context, answer, reading.understood);
  if (!context.signal.aborted && error.retryable && isWhole(state, failed !== undefined)) {
    const responseId = state.responseId ?? '';
    yield { type: 'completed', responseId, usage: undefined, endTurn: undefined };
    return 'completed';
  }
  yield* limitsOf(error);
  const renew = failed === undefined ? lost?.renew : reading.renew;
  const note = reading.end?.type === 'failed' ? reading.end.note : undefined;
  return {
    error,
    stage: 'stream',
    kept: [...saidAlready(state), ...(note === undefined ? [] : [textMessage('developer', note)])],
    ...(answer.key !== undefined && { key: answer.key }),
    ...(note !== undefined && { isModelsOwn: true }),
    ...(hasBroken && { hasBroken }),
    ...(renew === true && { renew }),
    ...(failed === undefined && lost?.isConnectionLost === true && { isConnectionLost: true }),
  };
}

async function* readEvents(
  context: AttemptContext,
  answer: Answer,
  reading: Reading,
): AsyncGenerator<ModelEvent, void, void> {
  const { provider, log } = context.options;
  for await (const part of answer.parts) {
    if (part.kind === 'endMark') return;
    if (part.kind === 'malformed') {
      const { type, reason } = part;
      reading.doubtful = true;
      log.warn(
        { provider: provider.id, type, reason },
        'passed over an event that is not well formed',
      );
      // Nothing follows the end, in whatever form it comes.
      if (type !== undefined && END_TYPES.has(type)) return;
      continue;
    }
    reading.understood = true;
    if (part.kind === 'unknown') continue;
    if (part.kind === 'known') {
      noteEnd(reading, part.event);
      // It carries headers that mean what they mean by HTTP.
      if (part.event.type === 'response.metadata') {
        yield* headerEvents(context, part.event.headers ?? {});
      }
    }
    const next =
      part.kind === 'whole'
        ? stepWhole(reading.state, part.response)
        : step(reading.state, part.event);
    reading.state = next.state;
    reading.end = next.end;
    yield* next.events;
    if (next.end !== undefined) return;
    checkItemCount(next.state.open.length + next.state.done.length);
  }
}

const END_TYPES: ReadonlySet<string> = new Set<WireEvent['type']>([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'response.cancelled',
  'error',
]);

/** Failures of the connection's memory, not of the request. */
const RENEWABLE: ReadonlySet<unknown> = new Set([
  'previous_response_not_found',
  'websocket_connection_limit_reached',
]);

function noteEnd(reading: Reading, event: WireEvent): void {
  const isEnd = event.type === 'response.completed' || event.type === 'response.incomplete';
  if (isEnd) reading.responseId = event.response.id ?? undefined;
  if (event.type === 'error') {
    const nested = typeof event.error === 'object' ? event.error?.code : undefined;
    reading.renew = RENEWABLE.has(nested ?? event.code);
  }
  if (event.type === 'response.failed') reading.renew = RENEWABLE.has(event.response.error?.code);
}

/**
 * Whether what arrived can stand as the answer although its end is missing. Asking again would run a
 * call twice, or say a message twice, for the sake of some token counts.
 */
function isWhole(state: ResponseState, failed: boolean): boolean {
  const items = state.done.map(({ item }) => item);
  if (items.some(isCall)) return true;
  return !failed && state.open.length === 0 && items.some(({ type }) => type !== 'reasoning');
}

/** Reasoning counts only together with what it led to, so what follows the last message goes. */
function saidAlready(state: ResponseState): readonly ResponseItem[] {
  const items = state.done.map(({ item }) => item);
  return items.slice(0, items.findLastIndex(({ type }) => type === 'message') + 1);
}

function endedEarly(context: AttemptContext, answer: Answer, understood: boolean): ModelError {
  const { provider } = context.options;
  if (understood) return brokenStreamError(provider, 'its end is missing', true);
  const type = answer.headers['content-type'] ?? 'no content type';
  // A web page means a wrong address, which no repeat makes right.
  return brokenStreamError(provider, `it is not an event stream (${type})`, !/html/iu.test(type));
}

function failureOf(
  context: AttemptContext,
  error: unknown,
): Pick<AttemptFailure, 'error' | 'handshake' | 'renew' | 'isConnectionLost'> {
  if (error instanceof ModelError) return { error };
  const { provider } = context.options;
  if (error instanceof HandshakeError) return { error: error.error, handshake: error.failure };
  if (error instanceof StaleSocketError) {
    return { error: connectionError(provider, error), renew: true, isConnectionLost: true };
  }
  if (error instanceof HttpError)
    return { error: connectionError(provider, error), isConnectionLost: true };
  if (error instanceof StreamTooLargeError) {
    return { error: brokenStreamError(provider, error.message, error.retryable) };
  }
  // Nothing else fails on purpose between here and the wire.
  if (error instanceof ProductError) return { error: credentialError(error) };
  throw error;
}
