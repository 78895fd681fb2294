import * as z from 'zod';

import { maybe } from './common.ts';

/** How the voice model answers: with sound and its transcript, or with text alone (S67). */
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

const Voice = z.enum([...REALTIME_VOICES_V2, ...REALTIME_VOICES_V1]);
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

/** `prompt` has three meanings: absent = our template, null or "" = none, text = verbatim (S70). */
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
  /** Words that were spoken and not delegated reach the text thread at the end; false turns it off. */
  flushTranscriptTailOnSessionEnd: maybe(z.boolean()),
  /** Parley's additions: listen, work and write, but do not speak. */
  quiet: maybe(z.boolean()),
  interruption: maybe(Interruption),
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
});

/** Parley's addition: changes a running session without a reconnect. */
export const ThreadRealtimeUpdateParams = z.object({
  threadId: z.string(),
  outputModality: maybe(OutputModality),
  quiet: maybe(z.boolean()),
  interruption: maybe(Interruption),
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
  }),
});

const inThread = { threadId: z.string() };
const role = z.enum(['user', 'assistant']);

/** Both spellings of the session id are sent, so that clients of either peer version find theirs. */
export const ThreadRealtimeStartedNotification = z.object({
  ...inThread,
  sessionId: z.string().nullable(),
  realtimeSessionId: z.string().nullable(),
  version: z.string(),
  /** Parley's addition: which model and provider answer, so that practice can be shown as such. */
  model: maybe(z.string()),
  modelProvider: maybe(z.string()),
  /** Parley's additions: how media travels, and the provider's id of a call (realtime-v2 §16). */
  transport: maybe(z.enum(['websocket', 'webrtc', 'existingCall'])),
  callId: maybe(z.string()),
});
/** The provider's answer to the offer of a WebRTC start; comes right after `started`. */
export const ThreadRealtimeSdpNotification = z.object({ ...inThread, sdp: z.string() });
export const ThreadRealtimeItemAddedNotification = z.object({ ...inThread, item: z.unknown() });
export const ThreadRealtimeTranscriptDeltaNotification = z.object({
  ...inThread,
  role,
  delta: z.string(),
  itemId: maybe(z.string()),
  responseId: maybe(z.string()),
});
export const ThreadRealtimeTranscriptDoneNotification = z.object({
  ...inThread,
  role,
  text: z.string(),
  itemId: maybe(z.string()),
  responseId: maybe(z.string()),
});
export const ThreadRealtimeOutputAudioDeltaNotification = z.object({
  ...inThread,
  audio: z.object({
    data: z.string(),
    sampleRate: z.int(),
    numChannels: z.int(),
    samplesPerChannel: z.int().nullable(),
    itemId: z.string().nullable(),
    responseId: maybe(z.string()),
  }),
});
export const ThreadRealtimeErrorNotification = z.object({
  ...inThread,
  message: z.string(),
  /** Parley's additions: the provider's error as it came, and whether the session goes on. */
  code: maybe(z.string()),
  type: maybe(z.string()),
  param: maybe(z.string()),
  eventId: maybe(z.string()),
  fatal: maybe(z.boolean()),
});
export const ThreadRealtimeClosedNotification = z.object({
  ...inThread,
  reason: z.enum(['requested', 'transport_closed', 'error']).nullable(),
  /** Parley's additions: close code and reason of the provider's socket. */
  closeCode: maybe(z.int()),
  detail: maybe(z.string()),
});

/** A line of the voice conversation that is kept with the thread (realtime-v2 §2.2, newest). */
export const RealtimeTimelineItem = z.discriminatedUnion('type', [
  z.object({
    id: z.string(),
    realtimeSessionId: z.string(),
    type: z.literal('realtimeSessionStarted'),
  }),
  z.object({
    id: z.string(),
    realtimeSessionId: z.string(),
    type: z.literal('transcriptSegment'),
    role,
    text: z.string(),
    /** Parley's addition: true when the words were typed into the voice session. */
    typed: maybe(z.boolean()),
    /** Parley's addition: set when the user cut the answer off; what comes after was not heard. */
    heardMs: maybe(z.number()),
    /** Parley's addition: why there are no words, when recognition failed. */
    failure: maybe(z.string()),
  }),
  z.object({
    id: z.string(),
    realtimeSessionId: z.string(),
    type: z.literal('realtimeSessionClosed'),
    outcome: z.enum(['ended', 'failed']),
  }),
  /** Parley's addition: a recording that is whole; its id is the `recordingId` it is read by. */
  z.object({
    id: z.string(),
    realtimeSessionId: z.string(),
    type: z.literal('recording'),
    mimeType: z.string(),
    sizeBytes: z.int(),
    durationMs: z.number(),
  }),
]);
export type RealtimeTimelineItem = z.infer<typeof RealtimeTimelineItem>;

export const ThreadRealtimeItemNotification = z.object({ ...inThread, item: RealtimeTimelineItem });
export const ThreadRealtimeItemTranscriptDeltaNotification = z.object({
  ...inThread,
  itemId: z.string(),
  delta: z.string(),
});

/**
 * Parley's additions, in calls only: the provider's own sound queue began to be heard, has been heard
 * to its end, or was emptied. Between `started` and one of the others the assistant can be heard.
 */
export const ThreadRealtimeOutputAudioBufferNotification = z.object({
  ...inThread,
  responseId: z.string().nullable(),
});
/** Parley's addition: what the user heard of an item that was cut off, as the provider counts it. */
export const ThreadRealtimeOutputAudioTruncatedNotification = z.object({
  ...inThread,
  itemId: z.string(),
  audioEndMs: z.number(),
});

/** Parley's additions: what a client needs to show the state of a conversation truthfully. */
export const ThreadRealtimeStageNotification = z.object({
  ...inThread,
  stage: z.enum(['connecting', 'configuring', 'ready', 'reconnecting']),
  /** With `reconnecting`: why, in words, and which try this is. */
  detail: maybe(z.string()),
  attempt: maybe(z.int()),
});
/** The session as it is set now, and when the provider will end it (Unix seconds), if it said. */
export const ThreadRealtimeSessionUpdatedNotification = z.object({
  ...inThread,
  outputModality: OutputModality,
  quiet: z.boolean(),
  interruption: Interruption,
  expiresAt: z.number().nullable(),
});
export const ThreadRealtimeRateLimitsUpdatedNotification = z.object({
  ...inThread,
  rateLimits: z.unknown().optional(),
});
/** The one response slot, how many wait for it, and how much microphone sound was dropped so far. */
export const ThreadRealtimeQueueUpdatedNotification = z.object({
  ...inThread,
  phase: z.enum(['free', 'requested', 'active']),
  waiting: z.int(),
  droppedInputChunks: z.int(),
});
export const ThreadRealtimeResponseStartedNotification = z.object({
  ...inThread,
  responseId: z.string(),
});
export const ThreadRealtimeResponseCompletedNotification = z.object({
  ...inThread,
  responseId: z.string(),
  status: z.string(),
  usage: z.unknown().optional(),
});
export const ThreadRealtimeSpeechStartedNotification = z.object({
  ...inThread,
  itemId: z.string().nullable(),
  audioStartMs: z.number().nullable(),
});
export const ThreadRealtimeSpeechStoppedNotification = z.object({
  ...inThread,
  itemId: z.string().nullable(),
  audioEndMs: z.number().nullable(),
});
/** The user's turn has been taken in: their line may be shown now and fills in later. */
export const ThreadRealtimeInputCommittedNotification = z.object({
  ...inThread,
  itemId: z.string(),
  previousItemId: z.string().nullable(),
});
export const ThreadRealtimeTranscriptFailedNotification = z.object({
  ...inThread,
  itemId: z.string(),
  message: z.string(),
});
