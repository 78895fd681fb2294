import { parseJson } from '../../core/base/index.ts';
import * as z from 'zod';

/** A field in passing: what has another type counts as absent, as with the peer (realtime-v2 §7). */
const text = z.preprocess(
  (value) => (typeof value === 'string' ? value : undefined),
  z.string().optional(),
);
const number = z.preprocess(
  (value) => (typeof value === 'number' ? value : undefined),
  z.number().optional(),
);
const integer = z.preprocess(
  (value) => (Number.isSafeInteger(value) ? value : undefined),
  z.int().optional(),
);
const object = <Shape extends z.ZodRawShape>(
  shape: Shape,
): z.ZodPreprocess<z.ZodOptional<z.ZodObject<Shape, z.core.$loose>>> =>
  z.preprocess(
    (value) => (typeof value === 'object' && value !== null ? value : undefined),
    z.looseObject(shape).optional(),
  );

const base = { event_id: text };
const ofItem = { item_id: text };
const ofResponse = { response_id: text, item_id: text };
const session = object({ id: text, expires_at: number });
/** Told to clients as it came. */
const item = z.looseObject({});
const errorFields = { type: text, code: text, message: text, param: text, event_id: text };

const error = z.preprocess((value) => {
  if (typeof value === 'string') return { message: value };
  return typeof value === 'object' && value !== null ? value : undefined;
}, z.looseObject(errorFields).optional());
export const ServerErrorBody = z.looseObject(errorFields);
export type ServerErrorBody = z.infer<typeof ServerErrorBody>;

/** A response as events carry it; some servers send its id beside it, or nothing else at all. */
const response = object({
  id: text,
  status: text,
  status_details: z.unknown().optional(),
  // Only null says "beside the conversation", so null is kept apart from absent.
  conversation_id: z.string().nullish().catch(undefined),
  usage: z.unknown().optional(),
});

const audioDelta = {
  delta: z.string(),
  sample_rate: integer,
  channels: integer,
  num_channels: integer,
  samples_per_channel: integer,
};

// Made with the first event: an engine that nobody talks to starts sooner without these schemas.
const makeTable = () =>
  z.discriminatedUnion('type', [
    z.looseObject({
      ...base,
      type: z.literal('session.created'),
      session,
    }),
    z.looseObject({
      ...base,
      type: z.literal('session.updated'),
      session,
    }),
    z.looseObject({
      ...base,
      type: z.literal('conversation.item.added'),
      item,
      previous_item_id: text,
    }),
    z.looseObject({
      ...base,
      type: z.literal('conversation.item.created'),
      item,
      previous_item_id: text,
    }),
    z.looseObject({
      ...base,
      type: z.literal('conversation.item.done'),
      item,
      previous_item_id: text,
    }),
    z.looseObject({
      ...base,
      ...ofItem,
      type: z.literal('conversation.item.truncated'),
      audio_end_ms: number,
    }),
    z.looseObject({ ...base, ...ofItem, type: z.literal('conversation.item.deleted') }),
    z.looseObject({
      ...base,
      ...ofItem,
      type: z.literal('conversation.item.input_audio_transcription.delta'),
      delta: text,
    }),
    z.looseObject({
      ...base,
      ...ofItem,
      type: z.literal('conversation.item.input_audio_transcription.completed'),
      transcript: z.string(),
    }),
    z.looseObject({
      ...base,
      ...ofItem,
      type: z.literal('conversation.item.input_audio_transcription.failed'),
      error,
    }),
    z.looseObject({
      ...base,
      type: z.literal('input_audio_buffer.speech_started'),
      item_id: text,
      audio_start_ms: number,
    }),
    z.looseObject({
      ...base,
      type: z.literal('input_audio_buffer.speech_stopped'),
      item_id: text,
      audio_end_ms: number,
    }),
    z.looseObject({
      ...base,
      ...ofItem,
      type: z.literal('input_audio_buffer.committed'),
      previous_item_id: text,
    }),
    z.looseObject({ ...base, type: z.literal('response.created'), response_id: text, response }),
    z.looseObject({ ...base, type: z.literal('response.done'), response_id: text, response }),
    // Not a GA event; the peer still honours it (realtime-v2 §7), so the queue does too.
    z.looseObject({
      ...base,
      type: z.literal('response.cancelled'),
      response_id: text,
      response,
    }),
    z.looseObject({
      ...base,
      ...ofResponse,
      ...audioDelta,
      type: z.literal('response.output_audio.delta'),
    }),
    // The name of the beta; the peer still honours it (realtime-v2 §7).
    z.looseObject({
      ...base,
      ...ofResponse,
      ...audioDelta,
      type: z.literal('response.audio.delta'),
    }),
    z.looseObject({
      ...base,
      ...ofResponse,
      type: z.literal('response.output_audio_transcript.delta'),
      delta: z.string(),
    }),
    z.looseObject({
      ...base,
      ...ofResponse,
      type: z.literal('response.output_audio_transcript.done'),
      transcript: z.string(),
    }),
    z.looseObject({
      ...base,
      ...ofResponse,
      type: z.literal('response.output_text.delta'),
      delta: z.string(),
    }),
    z.looseObject({
      ...base,
      ...ofResponse,
      type: z.literal('response.output_text.done'),
      text: z.string(),
    }),
    // In calls only: the server holds the sound queue and says what becomes of it (realtime-v2 §21.4).
    z.looseObject({
      ...base,
      type: z.literal('output_audio_buffer.started'),
      response_id: text,
    }),
    z.looseObject({
      ...base,
      type: z.literal('output_audio_buffer.stopped'),
      response_id: text,
    }),
    z.looseObject({
      ...base,
      type: z.literal('output_audio_buffer.cleared'),
      response_id: text,
    }),
    z.looseObject({
      ...base,
      type: z.literal('rate_limits.updated'),
      rate_limits: z.unknown().optional(),
    }),
    // Of the built-in server, for who includes `parley.phrases` in the session (realtime-v2 §21.6).
    z.looseObject({
      ...base,
      type: z.literal('parley.phrases.updated'),
      language: z.string(),
      phrases: z.array(z.string()),
    }),
    z.looseObject({
      ...base,
      type: z.literal('error'),
      message: text,
      error,
    }),
  ]);
let table: ReturnType<typeof makeTable> | undefined;
const tableOfEvents = (): ReturnType<typeof makeTable> => (table ??= makeTable());

/** Server events this client acts on; anything else decodes to `unknown` and is passed over. */
export const KnownServerEvent = z.lazy(tableOfEvents);
export type KnownServerEvent = z.infer<typeof KnownServerEvent>;

export type DecodedServerEvent =
  | { readonly kind: 'known'; readonly event: KnownServerEvent }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly type: string | undefined; readonly reason: string };

let types: ReadonlySet<string> | undefined;
const knownTypes = (): ReadonlySet<string> =>
  (types ??= new Set(tableOfEvents().options.map((option) => option.shape.type.value)));

type AudioDelta = Extract<KnownServerEvent, { readonly type: 'response.output_audio.delta' }>;

/** Decodes one text frame. Only a frame that claims a known type and breaks its shape is malformed. */
export function decodeServerEvent(frame: string): DecodedServerEvent {
  const json = parseJson(frame);
  if ('problem' in json) {
    return { kind: 'malformed', type: undefined, reason: `the frame ${json.problem}` };
  }
  const { value } = json;
  if (!isTagged(value)) return { kind: 'malformed', type: undefined, reason: 'frame has no type' };
  const { type } = value;
  if (isAudioDelta(value)) return { kind: 'known', event: value };
  if (!knownTypes().has(type)) return { kind: 'unknown', type };
  const event = KnownServerEvent.safeParse(value);
  if (!event.success) return { kind: 'malformed', type, reason: z.prettifyError(event.error) };
  return { kind: 'known', event: event.data };
}

type Tagged = Readonly<Record<string, unknown>> & { readonly type: string };

const isTagged = (value: unknown): value is Tagged =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/**
 * Says of sound what its row of the table says, without the table: it comes fifty times a second, each
 * time after a pause in which everything has gone cold. What it does not accept, the table judges.
 */
function isAudioDelta(event: Tagged): event is AudioDelta {
  return (
    event.type === 'response.output_audio.delta' &&
    typeof event['delta'] === 'string' &&
    isTextOrAbsent(event['event_id']) &&
    isTextOrAbsent(event['response_id']) &&
    isTextOrAbsent(event['item_id']) &&
    isIntegerOrAbsent(event['sample_rate']) &&
    isIntegerOrAbsent(event['channels']) &&
    isIntegerOrAbsent(event['num_channels']) &&
    isIntegerOrAbsent(event['samples_per_channel'])
  );
}

const isTextOrAbsent = (value: unknown): boolean =>
  value === undefined || typeof value === 'string';

const isIntegerOrAbsent = (value: unknown): boolean =>
  value === undefined || Number.isSafeInteger(value);
