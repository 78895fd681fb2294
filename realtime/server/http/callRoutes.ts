import type { IncomingMessage, ServerResponse } from 'node:http';

import * as z from 'zod';

import { type Clock, parseJson } from '../../../core/base/index.ts';
import {
  CALLS_PATH,
  type EphemeralKeys,
  type KeyHolder,
  REALTIME_PATH,
  unknownCall,
} from '../admission/index.ts';
import type { CallRegistry } from '../calls/index.ts';
import { MAX_CALL_REQUEST_BYTES, readCallRequest } from './callRequest.ts';
import { readBody, writeJson } from './http.ts';
import { refuse, type Refused } from '../errors/index.ts';
import {
  describeSession,
  makeSession,
  requestedModel,
  NOTHING_REQUESTED,
  readSession,
} from '../config/index.ts';

const SECRETS_PATH = `${REALTIME_PATH}/client_secrets`;
const HANGUP = new RegExp(`^${CALLS_PATH}/(?<id>[^/]+)/hangup$`, 'u');
const MAX_SECRET_REQUEST_BYTES = 1024 * 1024;
const DEFAULT_LIFETIME_S = 600;

export type CallRoutesOptions = {
  readonly registry: CallRegistry;
  readonly keys: EphemeralKeys;
  readonly clock: Clock;
  readonly newId: (prefix: string) => string;
  readonly sessionLimitMs: number;
  /** Voices beside those of the API; undefined where any name may be one. */
  readonly voices: readonly string[] | undefined;
  readonly onFirstSession: () => void;
};

/** A request that has been let in. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly holder: KeyHolder;
};

export type CallRoute = (exchange: Exchange) => Promise<Refused | undefined>;

/** Finds what answers a path about calls; a route writes its answer, or returns why it does not. */
export function findCallRoute(options: CallRoutesOptions, url: URL): CallRoute | undefined {
  if (url.pathname === CALLS_PATH) return async (exchange) => createCall(options, exchange);
  if (url.pathname === SECRETS_PATH) return async (exchange) => createSecret(options, exchange);
  const id = HANGUP.exec(url.pathname)?.groups?.['id'];
  return id === undefined ? undefined : async (exchange) => hangUp(options, exchange, id);
}

async function createCall(
  options: CallRoutesOptions,
  { request, response, url, holder }: Exchange,
): Promise<Refused | undefined> {
  const { clock, newId, registry } = options;
  const body = await readBody(request, MAX_CALL_REQUEST_BYTES, clock);
  if ('kind' in body) return body;
  const asked = await readCallRequest(request.headers['content-type'] ?? '', body);
  if (asked.kind === 'refused') return asked;
  const lent = holder.kind === 'ephemeral' ? holder.key.requested : NOTHING_REQUESTED;
  const session = makeSession({
    id: newId('sess'),
    expiresAtMs: clock.nowMs() + options.sessionLimitMs,
    requests: [lent, requestedModel(url), asked.requested],
    voices: options.voices,
  });
  if ('kind' in session) return session;
  options.onFirstSession();
  try {
    const { offerSdp } = asked;
    const sameMachine = isSameMachine(request);
    const { id, answerSdp } = await registry.open({ offerSdp, session, holder, sameMachine });
    const location = `${CALLS_PATH}/${id}`;
    response.writeHead(201, { 'content-type': 'application/sdp', location }).end(answerSdp);
    return undefined;
  } catch (error) {
    return explain(error);
  }
}

/** The refusals a call meets on its way; anything else is a fault of the server. */
function explain(error: unknown): Refused {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const message = error instanceof Error ? error.message : '';
  if (code === 'invalidOffer') return refuse(400, 'invalid_offer', message, 'sdp');
  if (code === 'tooManyCalls') return refuse(429, 'too_many_calls', message);
  if (code === 'serverClosing' || code === 'callOver') return refuse(503, 'call_ended', message);
  throw error;
}

async function hangUp(
  { registry }: CallRoutesOptions,
  { response, holder }: Exchange,
  id: string,
): Promise<Refused | undefined> {
  const call = registry.find(id, holder);
  if (call === undefined) return unknownCall(id);
  call.hangUp();
  response.writeHead(200).end();
  return undefined;
}

const SecretRequest = z.object({
  expires_after: z
    .object({
      anchor: z.literal('created_at').optional(),
      seconds: z.int().min(10).max(7200).optional(),
    })
    .nullish(),
  session: z.unknown().optional(),
});

async function createSecret(
  { clock, newId, keys, sessionLimitMs, voices }: CallRoutesOptions,
  { request, response }: Exchange,
): Promise<Refused | undefined> {
  const body = await readBody(request, MAX_SECRET_REQUEST_BYTES, clock);
  if ('kind' in body) return body;
  const asked = parseSecretRequest(body.toString('utf8'));
  if (asked.kind === 'refused') return asked;
  const { given } = asked;
  const requested = readSession(given.session ?? undefined);
  if (requested.kind === 'refused') return requested;
  const seconds = given.expires_after?.seconds ?? DEFAULT_LIFETIME_S;
  const described = makeSession({
    id: newId('sess'),
    expiresAtMs: clock.nowMs() + sessionLimitMs,
    // Whoever uses the key may still name a model, so none is missing yet.
    requests: [{ ...NOTHING_REQUESTED, model: 'unnamed' }, requested],
    voices,
  });
  if ('kind' in described) return described;
  const issued = keys.issue(seconds * 1000, requested);
  if (issued === undefined) {
    return refuse(
      429,
      'too_many_keys',
      'There are too many ephemeral keys; wait until some expire.',
    );
  }
  const session = describeSession(described);
  writeJson(response, 200, {
    value: issued.value,
    expires_at: Math.floor(issued.expiresAtMs / 1000),
    session: { ...session, ...('model' in session && { model: requested.model ?? null }) },
  });
  return undefined;
}

type AskedSecret = {
  readonly kind: 'asked';
  readonly given: z.infer<typeof SecretRequest>;
};

function parseSecretRequest(text: string): AskedSecret | Refused {
  // A key without any wishes may be asked for with nothing.
  const json = text.trim() === '' ? { value: {} } : parseJson(text);
  if ('problem' in json) return refuse(400, 'invalid_json', `The body ${json.problem}.`);
  const parsed = SecretRequest.safeParse(json.value);
  if (parsed.success) return { kind: 'asked', given: parsed.data };
  const [issue] = parsed.error.issues;
  const param = issue?.path.map(String).join('.') ?? '';
  const message =
    param === ''
      ? 'The body is not a JSON object.'
      : `Invalid value for '${param}': ${issue?.message ?? 'it does not fit'}.`;
  return refuse(400, 'invalid_value', message, param === '' ? undefined : param);
}

/** Whether the sound will come from this machine; behind a proxy only the proxy is here. */
function isSameMachine({ headers, socket }: IncomingMessage): boolean {
  const { remoteAddress = '', localAddress } = socket;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  const isLoopback = remoteAddress === '::1' || /^(?:::ffff:)?127\./u.test(remoteAddress);
  return isLoopback || remoteAddress === localAddress;
}
