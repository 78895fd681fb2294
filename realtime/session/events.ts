import type { ServerErrorBody } from '../protocol/index.ts';
import type { WireClose } from '../transport/index.ts';
import type { TranscriptRole } from './transcript.ts';

/** Sound of the assistant, base64 PCM16 as the server sent it. */
export type OutputAudio = {
  readonly data: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samplesPerChannel: number | undefined;
  readonly itemId: string | undefined;
  readonly responseId: string | undefined;
};

/** A function the model called; every call id is reported once, however often the server repeats it. */
export type FunctionCall = {
  readonly callId: string;
  readonly itemId: string | undefined;
  readonly name: string;
  readonly arguments: string;
};

/** Why a session is over. Exactly one `closed` ends every session, and nothing follows it. */
export type SessionEnd = {
  readonly reason: 'requested' | 'transportClosed' | 'error';
  readonly closeCode: number;
  readonly detail: string;
  /** What the server said of it, where it named the error that ends the session. */
  readonly error?: ServerErrorBody;
};

/** Why a session ended whose wire closed like this: the server's own error first, then a fault of the wire. */
export function describeEnd(
  close: WireClose,
  isRequested: boolean,
  error: ServerErrorBody | undefined,
): SessionEnd {
  const { code: closeCode, reason, fault } = close;
  if (isRequested) return { reason: 'requested', closeCode, detail: reason };
  if (error !== undefined) {
    const detail = error.message ?? error.code ?? 'the session ended';
    return { reason: 'error', closeCode, detail, error };
  }
  if (fault !== undefined) return { reason: 'error', closeCode, detail: fault };
  return { reason: 'transportClosed', closeCode, detail: reason };
}

/** What a running session tells its owner, in the order in which it happened. */
export type SessionEvent =
  | { readonly type: 'configured'; readonly expiresAtSeconds: number | undefined }
  /** What the server understands now, where it does not understand everything: examples for people. */
  | { readonly type: 'phrases'; readonly language: string; readonly phrases: readonly string[] }
  | { readonly type: 'itemAdded'; readonly item: Readonly<Record<string, unknown>> }
  | {
      readonly type: 'speechStarted';
      readonly itemId: string | undefined;
      readonly audioStartMs: number | undefined;
    }
  | {
      readonly type: 'speechStopped';
      readonly itemId: string | undefined;
      readonly audioEndMs: number | undefined;
    }
  | {
      readonly type: 'inputCommitted';
      readonly itemId: string;
      readonly previousItemId: string | undefined;
    }
  | {
      readonly type: 'transcriptDelta';
      /** Names the line of talk this belongs to, also where the server sends no item id. */
      readonly lineId: string;
      readonly itemId: string | undefined;
      readonly responseId: string | undefined;
      readonly role: TranscriptRole;
      readonly delta: string;
    }
  | {
      readonly type: 'transcriptDone';
      readonly lineId: string;
      readonly itemId: string | undefined;
      readonly responseId: string | undefined;
      readonly role: TranscriptRole;
      readonly text: string;
    }
  | {
      readonly type: 'transcriptFailed';
      readonly lineId: string;
      readonly itemId: string | undefined;
      readonly message: string;
    }
  | { readonly type: 'audio'; readonly audio: OutputAudio }
  | { readonly type: 'functionCall'; readonly call: FunctionCall }
  | { readonly type: 'responseStarted'; readonly responseId: string | undefined }
  | {
      readonly type: 'responseEnded';
      readonly responseId: string | undefined;
      readonly status: string;
      readonly usage: unknown;
      /** The provider's words when the response failed. */
      readonly failure: string | undefined;
    }
  | { readonly type: 'legacyCancelled'; readonly responseId: string | undefined }
  /** An error that the session survives; one that ends it comes with `closed`. */
  | { readonly type: 'serverError'; readonly error: ServerErrorBody }
  | { readonly type: 'malformed'; readonly eventType: string | undefined; readonly reason: string }
  /** How the provider counts: a list of limits, as it came (realtime-v2 §21.4). */
  | { readonly type: 'rateLimits'; readonly rateLimits: unknown }
  /** The response queue changed: what its one slot does, and how many responses wait for it. */
  | {
      readonly type: 'queue';
      readonly phase: 'free' | 'requested' | 'active';
      readonly waiting: number;
    }
  /** In calls: the server's sound queue began to be heard, was heard to its end, or was emptied. */
  | {
      readonly type: 'outputBuffer';
      readonly phase: 'started' | 'stopped' | 'cleared';
      readonly responseId: string | undefined;
    }
  /** The listener was cut off from an item, as the owner reported it. */
  | { readonly type: 'cut'; readonly itemId: string; readonly heardMs: number }
  /** The server has cut an item's sound here: what comes after was not heard. */
  | { readonly type: 'truncated'; readonly itemId: string; readonly audioEndMs: number }
  /** The link to the server dropped and is connected again, while the conversation goes on. */
  | { readonly type: 'reconnecting'; readonly attempt: number; readonly detail: string }
  | { readonly type: 'reconnected' }
  /** A response was asked for twice and the server stayed silent. */
  | { readonly type: 'responseStalled' }
  /** Microphone sound had to be thrown away because the link did not take it. */
  | { readonly type: 'inputDropped'; readonly chunks: number }
  | { readonly type: 'closed'; readonly end: SessionEnd };
