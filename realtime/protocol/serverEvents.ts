import * as z from 'zod';

const base = { event_id: z.string().optional() };
const ofItem = { item_id: z.string() };
const ofResponse = { response_id: z.string().optional(), item_id: z.string().optional() };

export const ServerErrorBody = z.looseObject({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  param: z.string().nullish(),
  event_id: z.string().nullish(),
});
export type ServerErrorBody = z.infer<typeof ServerErrorBody>;

const ResponseBody = z.looseObject({
  id: z.string().optional(),
  status: z.string().optional(),
  status_details: z.unknown().optional(),
  conversation_id: z.string().nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  output: z.array(z.looseObject({ type: z.string() })).optional(),
  usage: z.unknown().optional(),
});

const AnyItem = z.looseObject({ type: z.string(), id: z.string().optional() });

const audioDelta = {
  delta: z.string(),
  sample_rate: z.int().optional(),
  channels: z.int().optional(),
  num_channels: z.int().optional(),
  samples_per_channel: z.int().optional(),
};

/** Server events this client acts on; anything else decodes to `unknown` and is passed over. */
export const KnownServerEvent = z.discriminatedUnion('type', [
  z.looseObject({
    ...base,
    type: z.literal('session.created'),
    session: z.looseObject({ id: z.string().optional(), expires_at: z.number().nullish() }),
  }),
  z.looseObject({
    ...base,
    type: z.literal('session.updated'),
    session: z.looseObject({ id: z.string().optional(), expires_at: z.number().nullish() }),
  }),
  z.looseObject({
    ...base,
    type: z.literal('conversation.item.added'),
    item: AnyItem,
    previous_item_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('conversation.item.created'),
    item: AnyItem,
    previous_item_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('conversation.item.done'),
    item: AnyItem,
    previous_item_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    ...ofItem,
    type: z.literal('conversation.item.truncated'),
    audio_end_ms: z.number().optional(),
  }),
  z.looseObject({ ...base, ...ofItem, type: z.literal('conversation.item.deleted') }),
  z.looseObject({
    ...base,
    ...ofItem,
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    delta: z.string().optional(),
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
    error: ServerErrorBody.optional(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('input_audio_buffer.speech_started'),
    item_id: z.string().nullish(),
    audio_start_ms: z.number().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('input_audio_buffer.speech_stopped'),
    item_id: z.string().nullish(),
    audio_end_ms: z.number().nullish(),
  }),
  z.looseObject({
    ...base,
    ...ofItem,
    type: z.literal('input_audio_buffer.committed'),
    previous_item_id: z.string().nullish(),
  }),
  z.looseObject({ ...base, type: z.literal('response.created'), response: ResponseBody }),
  z.looseObject({ ...base, type: z.literal('response.done'), response: ResponseBody }),
  // Not a GA event; the peer still honours it (realtime-v2 §7), so the queue does too.
  z.looseObject({
    ...base,
    type: z.literal('response.cancelled'),
    response_id: z.string().nullish(),
    response: ResponseBody.optional(),
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
    response_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('output_audio_buffer.stopped'),
    response_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('output_audio_buffer.cleared'),
    response_id: z.string().nullish(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('rate_limits.updated'),
    rate_limits: z.unknown().optional(),
  }),
  z.looseObject({
    ...base,
    type: z.literal('error'),
    message: z.string().optional(),
    error: ServerErrorBody.nullish(),
  }),
]);
export type KnownServerEvent = z.infer<typeof KnownServerEvent>;

export type DecodedServerEvent =
  | { readonly kind: 'known'; readonly event: KnownServerEvent }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly type: string | undefined; readonly reason: string };

const KNOWN_TYPES: ReadonlySet<string> = new Set(
  KnownServerEvent.options.map((option) => option.shape.type.value),
);

type AudioDelta = Extract<KnownServerEvent, { readonly type: 'response.output_audio.delta' }>;

/** Decodes one text frame. Only a frame that claims a known type and breaks its shape is malformed. */
export function decodeServerEvent(frame: string): DecodedServerEvent {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return { kind: 'malformed', type: undefined, reason: 'frame is not JSON' };
  }
  if (!isTagged(value)) return { kind: 'malformed', type: undefined, reason: 'frame has no type' };
  const { type } = value;
  if (isAudioDelta(value)) return { kind: 'known', event: value };
  if (!KNOWN_TYPES.has(type)) return { kind: 'unknown', type };
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
