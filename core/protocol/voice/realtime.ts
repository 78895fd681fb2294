import * as z from 'zod';

import { FollowUp, maybe } from '../common.ts';

/** How the voice model answers: with sound and its transcript, or with text alone. */
export const OutputModality = z.enum(['text', 'audio']);
export type OutputModality = z.infer<typeof OutputModality>;

/** Voices of realtime v2; the first family's default is `marin` (realtime-v2 §2.1). */
export const REALTIME_VOICES_V2 = [
  'alloy',
  'ash',
  'ballad',
  'coral',
  'echo',
  'sage',
  'shimmer',
  'verse',
  'marin',
  'cedar',
] as const;
/** Voices of realtime v1: the parser knows them, a v2 session refuses them. */
export const REALTIME_VOICES_V1 = [
  'juniper',
  'maple',
  'spruce',
  'ember',
  'vale',
  'breeze',
  'arbor',
  'sol',
  'cove',
] as const;
export const DEFAULT_VOICE_V2 = 'marin';
export const DEFAULT_VOICE_V1 = 'cove';

/** Parley's addition: voices of the practice provider, which takes the names of v2 for its own choice. */
export const PRACTICE_VOICES = ['slt', 'rms', 'awb', 'kal', 'kal16'] as const;

const Voice = z.enum([...REALTIME_VOICES_V2, ...REALTIME_VOICES_V1, ...PRACTICE_VOICES]);
export type Voice = z.infer<typeof Voice>;

export const RealtimeTransport = z.discriminatedUnion('type', [
  z.object({ type: z.literal('websocket') }),
  z.object({ type: z.literal('webrtc'), sdp: z.string() }),
  z.object({ type: z.literal('existingCall'), callId: z.string() }),
]);
export type RealtimeTransport = z.infer<typeof RealtimeTransport>;

/**
 * Parley's addition: what the user's speech does to the voice. `on` stops it, `off` lets it finish,
 * `key` stops it only when the user says so by key or button.
 */
export const Interruption = z.enum(['on', 'off', 'key']);
export type Interruption = z.infer<typeof Interruption>;

/** A language as browsers name it; some add to it what is no tag. */
const LanguageTag = z.string().max(64);

/** `prompt` has three meanings: absent = our template, null or "" = none, text = verbatim (app-server §1). */
export const ThreadRealtimeStartParams = z.object({
  threadId: z.string(),
  outputModality: OutputModality,
  prompt: maybe(z.string()),
  transport: maybe(RealtimeTransport),
  voice: maybe(Voice),
  sessionId: maybe(z.string()),
  realtimeSessionId: maybe(z.string()),
  version: maybe(z.enum(['v1', 'v2', 'v3'])),
  model: maybe(z.string()),
  includeStartupContext: maybe(z.boolean()),
  realtimeStartInstructions: maybe(z.string()),
  realtimeEndInstructions: maybe(z.string()),
  /** The client brings the agent's words to the voice itself; the engine brings none (realtime-v2 §10.2). */
  clientManagedHandoffs: maybe(z.boolean()),
  /** The agent's words become silent items behind this prefix; the client has spoken what is to be heard. */
  codexResponsesAsItems: maybe(z.boolean()),
  codexResponseItemPrefix: maybe(z.string()),
  /** Of v3: a start of v2 with any is refused. */
  initialItems: maybe(
    z.array(z.object({ role: z.enum(['user', 'assistant']), text: z.string() })).readonly(),
  ),
  /** Words that were spoken and not delegated reach the text thread at the end; false turns it off. */
  flushTranscriptTailOnSessionEnd: maybe(z.boolean()),
  /** Parley's additions: listen, work and write, but do not speak. */
  quiet: maybe(z.boolean()),
  interruption: maybe(Interruption),
  /** For tasks that come while one runs, where the voice model does not say; absent means `steer`. */
  followUp: maybe(FollowUp),
  /** What the user speaks as far as the client knows, for providers that cannot find out: `fr`, `en-GB`. */
  language: maybe(LanguageTag),
  /** After a drop try to go on in a new connection instead of closing; off unless asked for. */
  reconnect: maybe(z.boolean()),
});
export type ThreadRealtimeStartParams = z.infer<typeof ThreadRealtimeStartParams>;

/** PCM16 little-endian, base64. The engine mixes down and resamples what is not 24 kHz mono. */
export const RealtimeAudioChunk = z.object({
  data: z.string(),
  sampleRate: z.int(),
  numChannels: z.int(),
  samplesPerChannel: maybe(z.int()),
  itemId: maybe(z.string()),
});
export type RealtimeAudioChunk = z.infer<typeof RealtimeAudioChunk>;

export const ThreadRealtimeAppendAudioParams = z.object({
  threadId: z.string(),
  audio: RealtimeAudioChunk,
});

export const ThreadRealtimeAppendTextParams = z.object({
  threadId: z.string(),
  text: z.string(),
  role: maybe(z.enum(['user', 'developer', 'assistant'])),
  /** Parley's addition: also ask for an answer. Absent or false keeps the peer's append-only sense. */
  respond: maybe(z.boolean()),
  /**
   * Parley's addition: the client's own id for this line, with which it comes back as an item. What
   * comes again under an id that the thread has already is passed over. As the provider takes ids:
   * 1 to 32 letters, digits, `_` and `-`.
   */
  clientItemId: maybe(z.string().regex(/^[\w-]{1,32}$/u)),
});

/** Parley's addition: changes a running session without a reconnect. */
export const ThreadRealtimeUpdateParams = z.object({
  threadId: z.string(),
  outputModality: maybe(OutputModality),
  quiet: maybe(z.boolean()),
  interruption: maybe(Interruption),
  followUp: maybe(FollowUp),
});

/** Lets the assistant say a given text: hands it to the voice model and asks for a response. */
export const ThreadRealtimeAppendSpeechParams = z.object({
  threadId: z.string(),
  text: z.string(),
});

/** Parley's addition: the user cut the voice off; says what was really heard of each item. */
export const ThreadRealtimeInterruptParams = z.object({
  threadId: z.string(),
  heard: maybe(z.array(z.object({ itemId: z.string(), playedMs: z.number().nonnegative() }))),
});

export const ThreadRealtimeStopParams = z.object({ threadId: z.string() });

/**
 * Parley's additions: a recording of both sides, made by the client and kept with the thread. It comes
 * in pieces, in order; the client names it with a new UUID. After the piece that says `last`, and also
 * when the client went away without one, it is whole and becomes an item of the timeline; more pieces
 * are refused. A last piece may be empty.
 */
export const ThreadRealtimeRecordingAppendParams = z.object({
  threadId: z.string(),
  recordingId: z.uuid(),
  mimeType: z.string(),
  /** Base64 of this piece. */
  data: z.base64(),
  /** Length of the whole recording up to the end of this piece. */
  durationMs: z.number().nonnegative(),
  last: z.boolean(),
});
/** How much of the recording is kept now. */
export const ThreadRealtimeRecordingAppendResponse = z.object({ sizeBytes: z.int() });

/** Reads a piece of a kept recording; `nextOffset` (bytes) is null after the last one. */
export const ThreadRealtimeRecordingReadParams = z.object({
  threadId: z.string(),
  recordingId: z.uuid(),
  offset: z.int().nonnegative(),
});
export const ThreadRealtimeRecordingReadResponse = z.object({
  mimeType: z.string(),
  data: z.string(),
  nextOffset: z.int().nullable(),
  sizeBytes: z.int(),
});

export const ThreadRealtimeListVoicesResponse = z.object({
  voices: z.object({
    v1: z.array(z.string()),
    v2: z.array(z.string()),
    defaultV1: z.string(),
    defaultV2: z.string(),
    /** Parley's additions: what a new thread's provider has beside them; absent where nobody knows. */
    own: maybe(z.array(z.string())),
    defaultOwn: maybe(z.string()),
  }),
});

/**
 * Parley's addition: what can be said in a voice session that begins now, by the configuration and, where
 * that does not name a language, by the client's word for it.
 */
export const ThreadRealtimeListPhrasesParams = z.object({ language: maybe(LanguageTag) });
/** null where everything can be said. */
export const ThreadRealtimeListPhrasesResponse = z.object({
  phrases: z.array(z.string()).nullable(),
  language: z.string().nullable(),
});
