import { parseJson } from '../../../core/base/index.ts';
import { MAX_SDP_BYTES, offerProblem } from '../../protocol/index.ts';
import { missingParameter, onlyPart, parseForm } from './form.ts';
import { refuse, type Refused } from '../errors/index.ts';
import { NOTHING_REQUESTED, readSession, type RequestedSession } from '../config/index.ts';

/** An offer, and a session whose instructions and tools may be long. */
export const MAX_CALL_REQUEST_BYTES = MAX_SDP_BYTES + 1024 * 1024;

export type CallRequest = {
  readonly kind: 'call';
  readonly offerSdp: string;
  readonly requested: RequestedSession;
};

/**
 * Reads what creates a call (realtime-v2 §16.2, §21.1): a form of `sdp` and `session`, JSON with the
 * same two, or the bare offer.
 */
export async function readCallRequest(
  contentType: string,
  body: Buffer,
): Promise<CallRequest | Refused> {
  const parts = await readParts(contentType, body);
  if ('kind' in parts) return parts;
  const problem = offerProblem(parts.sdp);
  if (problem !== undefined) return refuse(400, 'invalid_offer', problem, 'sdp');
  const requested = parts.session === undefined ? NOTHING_REQUESTED : readSession(parts.session);
  return requested.kind === 'refused'
    ? requested
    : { kind: 'call', offerSdp: parts.sdp, requested };
}

type Parts = { readonly sdp: string; readonly session: unknown };

async function readParts(contentType: string, body: Buffer): Promise<Parts | Refused> {
  const [type = ''] = contentType.split(';');
  switch (type.trim().toLowerCase()) {
    case 'application/sdp':
      return { sdp: body.toString('utf8'), session: undefined };
    case 'application/json':
      return readJsonParts(body.toString('utf8'));
    case 'multipart/form-data':
      return readForm(contentType, body);
    default: {
      const message =
        'Send the offer as multipart/form-data with the parts "sdp" and "session", as application/json with both, or as application/sdp.';
      return refuse(415, 'unsupported_content_type', message);
    }
  }
}

async function readForm(contentType: string, body: Buffer): Promise<Parts | Refused> {
  const form = await parseForm(contentType, body);
  if ('kind' in form) return form;
  const [sdp, session] = await Promise.all([onlyPart(form, 'sdp'), onlyPart(form, 'session')]);
  if (typeof sdp === 'object') return sdp;
  if (typeof session === 'object') return session;
  if (sdp === undefined) return missingParameter('sdp');
  if (session === undefined) return { sdp, session };
  const parsed = parseJson(session);
  if ('problem' in parsed) {
    return refuse(400, 'invalid_json', `The part "session" ${parsed.problem}.`, 'session');
  }
  return { sdp, session: parsed.value };
}

function readJsonParts(text: string): Parts | Refused {
  const parsed = parseJson(text);
  if ('problem' in parsed) return refuse(400, 'invalid_json', `The body ${parsed.problem}.`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null) {
    return refuse(400, 'invalid_json', 'The body is not a JSON object.');
  }
  const sdp = 'sdp' in value ? value.sdp : undefined;
  if (sdp === undefined) return missingParameter('sdp');
  if (typeof sdp !== 'string') {
    return refuse(400, 'invalid_type', "'sdp' must be a string.", 'sdp');
  }
  return { sdp, session: 'session' in value ? (value.session ?? undefined) : undefined };
}
