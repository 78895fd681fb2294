import { ProductError } from '../base/index.ts';
import { ModelError } from './errors.ts';
import type { ModelEvent } from './events.ts';
import { readParts, StreamTooLargeError } from './eventStream.ts';
import { brokenStreamError, connectionError, statusError } from './failures.ts';
import { HttpError, type HttpResponse } from './http.ts';
import type { ResponseItem } from './items.ts';
import type { TurnContext } from './metadata.ts';
import { rateLimitsFromHeaders } from './rateLimits.ts';
import type { ModelRequest } from './request.ts';
import {
  initialResponse,
  interrupt,
  type ResponseState,
  type ResponseStep,
  step,
  stepWhole,
} from './response.ts';
import type { ModelClientValues } from './values.ts';
import { unlessAborted } from './waiting.ts';
import { decodeWhole, decodeWireEvent } from './wireEvents.ts';
import { buildWireRequest, endpointOf } from './wireRequest.ts';

export type AttemptFailure = {
  readonly error: ModelError;
  /** Which budget a repeat counts against. */
  readonly stage: 'request' | 'stream';
  /** Finished items that a repeat tells the model it has already said. */
  readonly kept: readonly ResponseItem[];
};

export type AttemptContext = {
  readonly values: ModelClientValues;
  readonly turn: TurnContext;
  readonly turnState: string | undefined;
  readonly request: ModelRequest;
  readonly idPrefix: string;
  readonly signal: AbortSignal;
  readonly onTurnState: (turnState: string) => void;
};

/** Asks once. Every item it opened is closed when it returns, whatever it returns. */
export async function* attempt(
  context: AttemptContext,
): AsyncGenerator<ModelEvent, 'completed' | AttemptFailure, void> {
  let response: HttpResponse;
  try {
    response = await respond(context);
  } catch (error) {
    return { error: modelErrorOf(context, error), stage: 'request', kept: [] };
  }
  let outcome: 'completed' | AttemptFailure | undefined;
  try {
    yield* headerEvents(context, response);
    outcome = yield* readResponse(context, response);
    return outcome;
  } finally {
    if (outcome === 'completed') response.release();
    else response.discard();
  }
}

/** Sends the request and waits for an answer worth reading; a refused key is renewed once. */
async function respond(context: AttemptContext): Promise<HttpResponse> {
  const { provider } = context.values;
  const token = await credential(context);
  const response = await post(context, token);
  if (isOk(response)) return response;
  const refusal = await readFailure(context, response);
  if (response.status !== 401 || token === undefined) throw refusal;
  const renewed = await credential(context, token);
  if (renewed === undefined || renewed === token || context.signal.aborted) throw refusal;
  context.values.log.debug({ provider: provider.id }, 'key renewed after it was refused');
  const second = await post(context, renewed);
  if (isOk(second)) return second;
  throw await readFailure(context, second);
}

function isOk({ status }: HttpResponse): boolean {
  return status >= 200 && status < 300;
}

async function credential(context: AttemptContext, refused?: string): Promise<string | undefined> {
  const { provider } = context.values;
  return unlessAborted(provider.credential(refused), context.signal);
}

function post(context: AttemptContext, token: string | undefined): Promise<HttpResponse> {
  const { values, turn, turnState, request, signal } = context;
  const { provider, originator, userAgent } = values;
  const { url, headers, body } = buildWireRequest({
    provider,
    identity: values,
    originator,
    userAgent,
    turn,
    turnState,
    request,
  });
  return values.http.send({
    method: 'POST',
    url,
    headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
    body,
    connectTimeoutMs: provider.connectTimeoutMs,
    headersTimeoutMs: provider.headersTimeoutMs,
    idleTimeoutMs: provider.streamIdleTimeoutMs,
    signal,
  });
}

/** An error body longer than this says nothing more. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;

async function readFailure(context: AttemptContext, response: HttpResponse): Promise<ModelError> {
  const { provider, clock } = context.values;
  const decoder = new TextDecoder();
  let body = '';
  try {
    for await (const bytes of response.body) {
      body += decoder.decode(bytes, { stream: true });
      if (body.length > MAX_ERROR_BODY_BYTES) break;
    }
    response.release();
  } catch {
    // The status alone is worth reporting, and what came of the body with it.
    response.discard();
  }
  return statusError({
    provider,
    url: endpointOf(provider),
    status: response.status,
    headers: response.headers,
    body,
    nowMs: clock.nowMs(),
  });
}

function* headerEvents(
  context: AttemptContext,
  { headers }: HttpResponse,
): Generator<ModelEvent, void, void> {
  const turnState = headers['x-codex-turn-state'];
  if (turnState !== undefined) context.onTurnState(turnState);
  const model = headers['openai-model'];
  if (model !== undefined) yield { type: 'serverModel', model };
  const etag = headers['x-models-etag'];
  if (etag !== undefined) yield { type: 'modelsEtag', etag };
  for (const snapshot of rateLimitsFromHeaders(headers)) yield { type: 'rateLimits', snapshot };
}

async function* readResponse(
  context: AttemptContext,
  response: HttpResponse,
): AsyncGenerator<ModelEvent, 'completed' | AttemptFailure, void> {
  const reading: Reading = {
    state: initialResponse(context.idPrefix),
    understood: false,
    end: undefined,
  };
  let lost: ModelError | undefined;
  try {
    yield* readEvents(context, response, reading);
  } catch (error) {
    lost = modelErrorOf(context, error);
  }
  if (reading.end?.type === 'completed') return 'completed';
  const { state } = reading;
  yield* interrupt(state).events;

  const failed = reading.end?.error;
  const error = failed ?? lost ?? endedEarly(context, response, reading.understood);
  if (!context.signal.aborted && error.retryable && isWhole(state, failed !== undefined)) {
    const responseId = state.responseId ?? '';
    yield { type: 'completed', responseId, usage: undefined, endTurn: undefined };
    return 'completed';
  }
  return { error, stage: 'stream', kept: saidAlready(state) };
}

type Reading = {
  state: ResponseState;
  understood: boolean;
  end: ResponseStep['end'];
};

async function* readEvents(
  context: AttemptContext,
  response: HttpResponse,
  reading: Reading,
): AsyncGenerator<ModelEvent, void, void> {
  const { provider, log } = context.values;
  for await (const part of readParts(response.body)) {
    if (part.kind === 'endMark') return;
    const decoded =
      part.kind === 'whole' ? decodeWhole(part.data) : decodeWireEvent(part.data, part.name);
    if (decoded.kind === 'malformed') {
      const { type, reason } = decoded;
      log.warn(
        { provider: provider.id, type, reason },
        'passed over an event that is not well formed',
      );
      continue;
    }
    reading.understood = true;
    if (decoded.kind === 'unknown') continue;
    const next =
      decoded.kind === 'whole'
        ? stepWhole(reading.state, decoded.response)
        : step(reading.state, decoded.event);
    reading.state = next.state;
    reading.end = next.end;
    yield* next.events;
    if (next.end !== undefined) return;
  }
}

/**
 * Whether what arrived can stand as the answer although its end is missing. Asking again would run a
 * call twice, or say a message twice, for the sake of some token counts.
 */
function isWhole(state: ResponseState, failed: boolean): boolean {
  const types = state.done.map(({ item }) => item.type);
  if (types.some((type) => type === 'function_call' || type === 'custom_tool_call')) return true;
  return !failed && state.open.length === 0 && types.some((type) => type !== 'reasoning');
}

/** Reasoning counts only together with what it led to, so what follows the last message goes. */
function saidAlready(state: ResponseState): readonly ResponseItem[] {
  const items = state.done.map(({ item }) => item);
  return items.slice(0, items.findLastIndex(({ type }) => type === 'message') + 1);
}

function endedEarly(
  context: AttemptContext,
  response: HttpResponse,
  understood: boolean,
): ModelError {
  const { provider } = context.values;
  if (understood) return brokenStreamError(provider, 'its end is missing', true);
  const type = response.headers['content-type'] ?? 'no content type';
  // A web page means a wrong address, which no repeat makes right.
  return brokenStreamError(provider, `it is not an event stream (${type})`, !/html/iu.test(type));
}

function modelErrorOf(context: AttemptContext, error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  const { provider } = context.values;
  if (error instanceof HttpError) return connectionError(provider, error);
  if (error instanceof StreamTooLargeError) {
    return brokenStreamError(provider, error.message, error.retryable);
  }
  if (error instanceof ProductError) {
    return new ModelError(error.message, { info: 'other', retryable: false, cause: error });
  }
  throw error;
}
