import * as z from 'zod';

import { maybe } from '../common.ts';
import { OutputModality, Interruption } from './realtime.ts';

const inThread = { threadId: z.string() };
const role = z.enum(['user', 'assistant']);

/** Both spellings of the session id are sent, so that clients of either peer version find theirs. */
export const ThreadRealtimeStartedNotification = z.object({
  ...inThread,
  sessionId: z.string().nullable(),
  realtimeSessionId: z.string().nullable(),
  version: z.string(),
  /** Parley's addition: in `transcription` what is said is written down, and nobody answers. */
  sessionType: maybe(z.enum(['conversational', 'transcription'])),
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
/** The provider's error as it came; `eventId` is that of ours which it is about. */
const providerError = {
  code: maybe(z.string()),
  type: maybe(z.string()),
  param: maybe(z.string()),
  eventId: maybe(z.string()),
};

/** A start came to nothing, or the session has ended: clients of the peer stop when they get one. */
export const ThreadRealtimeErrorNotification = z.object({
  ...inThread,
  message: z.string(),
  /** Parley's additions: what the provider said, and false where an earlier session goes on. */
  ...providerError,
  fatal: maybe(z.boolean()),
});
/** Parley's addition: something went wrong in a session that goes on all the same. */
export const ThreadRealtimeWarningNotification = z.object({
  ...inThread,
  message: z.string(),
  ...providerError,
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
/**
 * What can be said now, where the provider does not understand everything: examples, the most telling
 * first. Comes when the session begins and whenever it changes, as while a question is open.
 */
export const ThreadRealtimePhrasesUpdatedNotification = z.object({
  ...inThread,
  language: z.string(),
  phrases: z.array(z.string()),
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
