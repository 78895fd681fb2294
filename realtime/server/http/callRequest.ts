import { parseJson } from '../../../core/base/index.ts';
import { MAX_SDP_BYTES, offerProblem } from '../../protocol/index.ts';
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
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': contentType },
    }).formData();
  } catch {
    const message = 'The multipart body cannot be read: its boundary or its parts are broken.';
    return refuse(400, 'invalid_multipart', message);
  }
  const [sdp, session] = await Promise.all([onlyPart(form, 'sdp'), onlyPart(form, 'session')]);
  if (typeof sdp === 'object') return sdp;
  if (typeof session === 'object') return session;
  if (sdp === undefined) return missing('sdp');
  if (session === undefined) return { sdp, session };
  const parsed = parseJson(session);
  if ('problem' in parsed) {
    return refuse(400, 'invalid_json', `The part "session" ${parsed.problem}.`, 'session');
  }
  return { sdp, session: parsed.value };
}

/** A part as text, whether or not it came with a file name. */
async function onlyPart(form: FormData, name: string): Promise<string | Refused | undefined> {
  const [part, another] = form.getAll(name);
  if (another !== undefined) {
    return refuse(400, 'invalid_multipart', `There is more than one part "${name}".`, name);
  }
  return part instanceof Blob ? part.text() : part;
}

function readJsonParts(text: string): Parts | Refused {
  const parsed = parseJson(text);
  if ('problem' in parsed) return refuse(400, 'invalid_json', `The body ${parsed.problem}.`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null) {
    return refuse(400, 'invalid_json', 'The body is not a JSON object.');
  }
  const sdp = 'sdp' in value ? value.sdp : undefined;
  if (sdp === undefined) return missing('sdp');
  if (typeof sdp !== 'string') {
    return refuse(400, 'invalid_type', "'sdp' must be a string.", 'sdp');
  }
  return { sdp, session: 'session' in value ? (value.session ?? undefined) : undefined };
}

function missing(param: string): Refused {
  const message = `Missing required parameter: '${param}'.`;
  return refuse(400, 'missing_required_parameter', message, param);
}
