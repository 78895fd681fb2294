import { parseJson } from '../../../core/base/index.ts';

import type * as z from 'zod';

import { CLIENT_EVENT_TYPES, ClientEvent } from '../../protocol/index.ts';
import { type ErrorBody, invalidRequest } from '../errors/index.ts';
import { decodeSound, type SoundFormat } from './soundFormat.ts';

/** Appends travel apart from the others: their sound never enters the state of a session. */
export type NonAudioClientEvent = Exclude<ClientEvent, { type: 'input_audio_buffer.append' }>;

export type ClientFrame =
  /** The samples have the rate of the format they came in. */
  | { readonly kind: 'append'; readonly samples: Int16Array }
  | { readonly kind: 'event'; readonly event: NonAudioClientEvent }
  | { readonly kind: 'rejected'; readonly error: ErrorBody };

/** What of a running session decides how its frames are read. */
export type FrameContext = {
  /** What an update is taken for that does not say. */
  readonly sessionType?: 'realtime' | 'transcription';
  /** How appended sound is written; as PCM unless told. */
  readonly inputFormat?: SoundFormat;
};

/** Decodes one text frame of a client; whatever is wrong with it comes back as an error body. */
export function decodeClientFrame(text: string, context: FrameContext = {}): ClientFrame {
  const json = parseJson(text);
  if ('problem' in json) {
    return reject({ code: 'invalid_json', message: `The event ${json.problem}.` });
  }
  return decodeClientEvent(json.value, context);
}

/** The same for an event that has been parsed already. */
export function decodeClientEvent(given: unknown, context: FrameContext = {}): ClientFrame {
  const value = withSessionType(given, context);
  if (!isRecord(value)) {
    return reject({ code: 'invalid_json', message: 'An event must be a JSON object.' });
  }
  const type = value['type'];
  const eventId = typeof value['event_id'] === 'string' ? value['event_id'] : undefined;
  if (type === undefined) {
    const message = "Missing required parameter: 'type'.";
    return reject({ code: 'missing_required_parameter', message, param: 'type', eventId });
  }
  if (typeof type !== 'string' || !CLIENT_EVENT_TYPES.has(type)) {
    const message = `Invalid value: ${quote(type)}. Supported values are: ${quoteAll(CLIENT_EVENT_TYPES)}.`;
    return reject({ code: 'invalid_value', message, param: 'type', eventId });
  }
  // Fifty of these arrive every second: two checks by hand instead of the whole schema.
  if (type === 'input_audio_buffer.append') return decodeAppend(value['audio'], context, eventId);
  const parsed = ClientEvent.safeParse(value);
  if (!parsed.success)
    return { kind: 'rejected', error: describeIssue(parsed.error, value, eventId) };
  if (parsed.data.type === 'input_audio_buffer.append') {
    return decodeAppend(parsed.data.audio, context, eventId);
  }
  return { kind: 'event', event: parsed.data };
}

/** An update that leaves out its type is one of the session that runs. */
function withSessionType(value: unknown, { sessionType }: FrameContext): unknown {
  if (sessionType === undefined || !isRecord(value) || value['type'] !== 'session.update') {
    return value;
  }
  const session = value['session'];
  if (!isRecord(session) || session['type'] !== undefined) return value;
  return { ...value, session: { ...session, type: sessionType } };
}

function decodeAppend(
  audio: unknown,
  { inputFormat = 'audio/pcm' }: FrameContext,
  eventId: string | undefined,
): ClientFrame {
  const param = 'audio';
  if (typeof audio !== 'string') {
    return audio === undefined
      ? reject({
          code: 'missing_required_parameter',
          message: "Missing required parameter: 'audio'.",
          param,
          eventId,
        })
      : reject({
          code: 'invalid_type',
          message: "'audio' must be a base64 string.",
          param,
          eventId,
        });
  }
  const decoded = decodeSound(audio, inputFormat);
  if (typeof decoded === 'string') {
    return reject({ code: 'invalid_value', message: decoded, param, eventId });
  }
  return { kind: 'append', samples: decoded };
}

function describeIssue(error: z.ZodError, value: unknown, eventId: string | undefined): ErrorBody {
  const issue = innermost(error.issues[0]);
  const path = issue?.path ?? [];
  const param = path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
  const given = path.reduce<unknown>(
    (inner, part) => (isRecord(inner) ? inner[String(part)] : undefined),
    value,
  );
  if (given === undefined) {
    const message = `Missing required parameter: '${param}'.`;
    return invalidRequest({ code: 'missing_required_parameter', message, param, eventId });
  }
  const code = issue?.code === 'invalid_type' ? 'invalid_type' : 'invalid_value';
  const message = `Invalid value for '${param}': ${issue?.message ?? 'it does not fit'}.`;
  return invalidRequest({ code, message, param, eventId });
}

type Issue = z.core.$ZodIssue;

/** A failed union names only its place; its first branch says more about what is wrong inside. */
function innermost(issue: Issue | undefined): Issue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const deeper = issue.errors
    .map((branch) => branch[0])
    .find((inner) => (inner?.path.length ?? 0) > 0);
  if (deeper === undefined) return issue;
  const inner = innermost(deeper);
  return inner === undefined ? issue : { ...inner, path: [...issue.path, ...inner.path] };
}

function reject(refusal: Parameters<typeof invalidRequest>[0]): ClientFrame {
  return { kind: 'rejected', error: invalidRequest(refusal) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? `'${value.slice(0, 80)}'` : typeof value;
}

function quoteAll(values: Iterable<string>): string {
  return Array.from(values, (value) => `'${value}'`).join(', ');
}
