import type { ServerErrorBody } from '../../realtime/protocol/index.ts';
import type { OutputAudio, SessionEnd, SessionEvent } from '../../realtime/session/index.ts';
import type { NotificationParamsOf } from '../protocol/index.ts';
import type { Notify } from '../threads/index.ts';
import type { TranscriptSegments } from './transcriptSegments.ts';
import type { VoiceMode } from './voiceMode.ts';

/** Events that clients are told about as they are; the rest is the live session's own business. */
export type ReportedEvent = Exclude<
  SessionEvent,
  {
    type:
      | 'functionCall'
      | 'closed'
      | 'configured'
      | 'queue'
      | 'inputDropped'
      | 'cut'
      | 'reconnecting'
      | 'reconnected';
  }
>;

type Stage = NotificationParamsOf<'thread/realtime/stage'>;

const REASONS = {
  requested: 'requested',
  transportClosed: 'transport_closed',
  error: 'error',
} as const;

function providerError(
  error: ServerErrorBody,
): Omit<NotificationParamsOf<'thread/realtime/warning'>, 'threadId'> {
  return {
    message: error.message ?? JSON.stringify(error),
    code: error.code ?? null,
    type: error.type ?? null,
    param: error.param ?? null,
    eventId: error.event_id ?? null,
  };
}

/** Passes what a session reports on to clients and into the kept lines (realtime-v2 §7). */
export class SessionNotifications {
  readonly #threadId: string;
  readonly #notify: Notify;
  readonly #segments: TranscriptSegments;
  #stage: Stage;
  #unreadable = 0;
  #droppedInputChunks = 0;

  constructor(threadId: string, notify: Notify, segments: TranscriptSegments) {
    this.#threadId = threadId;
    this.#stage = { threadId, stage: 'configuring' };
    this.#notify = notify;
    this.#segments = segments;
  }

  stage(stage: Stage['stage'], more: Pick<Stage, 'attempt' | 'detail'> = {}): void {
    this.#stage = { threadId: this.#threadId, stage, ...more };
    this.retellStage();
  }

  retellStage(): void {
    this.#notify('thread/realtime/stage', this.#stage);
  }

  /** A connection has ended: says how much of it could not be read, beyond what was told at once. */
  close(): void {
    const count = this.#unreadable;
    this.#unreadable = 0;
    if (count < 2) return;
    this.warn(`${count} messages of the voice provider were unreadable and passed over.`);
  }

  /** Something went wrong that the session survives; an `error` would make clients of the peer stop it. */
  warn(message: string): void {
    this.#notify('thread/realtime/warning', { threadId: this.#threadId, message });
  }

  state(mode: VoiceMode, expiresAt: number | null): void {
    const threadId = this.#threadId;
    this.#notify('thread/realtime/session/updated', { threadId, ...mode, expiresAt });
  }

  queue(phase: 'free' | 'requested' | 'active', waiting: number): void {
    this.#notify('thread/realtime/queue/updated', {
      threadId: this.#threadId,
      phase,
      waiting,
      droppedInputChunks: this.#droppedInputChunks,
    });
  }

  /** So many pieces of microphone sound did not reach the provider. */
  dropped(chunks: number): void {
    this.#droppedInputChunks += chunks;
    this.warn(
      `The connection could not keep up: ${chunks} pieces of microphone sound were dropped.`,
    );
  }

  /** Why a session ends that nobody asked to end: in the provider's words, where it has said so. */
  broken({ detail, error }: SessionEnd): void {
    this.#notify('thread/realtime/error', {
      threadId: this.#threadId,
      ...(error === undefined
        ? { message: `The voice connection broke: ${detail}` }
        : providerError(error)),
      fatal: true,
    });
  }

  /** The last word of a session. */
  closed({ reason, closeCode, detail }: SessionEnd): void {
    this.#notify('thread/realtime/closed', {
      threadId: this.#threadId,
      reason: REASONS[reason],
      closeCode,
      detail,
    });
  }

  report(event: ReportedEvent): void {
    const threadId = this.#threadId;
    const notify = this.#notify;
    switch (event.type) {
      case 'itemAdded':
        notify('thread/realtime/itemAdded', { threadId, item: event.item });
        return;
      case 'speechStarted': {
        const { itemId = null, audioStartMs = null } = event;
        const item = { type: 'input_audio_buffer.speech_started', item_id: itemId };
        notify('thread/realtime/itemAdded', { threadId, item });
        notify('thread/realtime/speech/started', { threadId, itemId, audioStartMs });
        return;
      }
      case 'speechStopped': {
        const { itemId = null, audioEndMs = null } = event;
        notify('thread/realtime/speech/stopped', { threadId, itemId, audioEndMs });
        return;
      }
      case 'inputCommitted': {
        const { itemId, previousItemId = null } = event;
        notify('thread/realtime/input/committed', { threadId, itemId, previousItemId });
        return;
      }
      case 'transcriptDelta': {
        const { role, delta, responseId = null } = event;
        const itemId = this.#toldId(event, this.#segments.delta(event, role, delta));
        notify('thread/realtime/transcript/delta', { threadId, role, delta, itemId, responseId });
        return;
      }
      case 'transcriptDone': {
        const { role, text, responseId = null } = event;
        const itemId = this.#toldId(event, this.#segments.done(event, role, text));
        notify('thread/realtime/transcript/done', { threadId, role, text, itemId, responseId });
        return;
      }
      case 'transcriptFailed': {
        const { message } = event;
        const itemId = this.#segments.failed(event, message);
        notify('thread/realtime/transcript/failed', { threadId, itemId, message });
        return;
      }
      case 'audio':
        this.#playAudio(event.audio);
        return;
      case 'responseStarted':
        if (event.responseId === undefined) return;
        notify('thread/realtime/response/started', { threadId, responseId: event.responseId });
        return;
      case 'responseEnded': {
        const { responseId, status, usage, failure } = event;
        if (responseId !== undefined) {
          notify('thread/realtime/response/completed', { threadId, responseId, status, usage });
        }
        if (failure !== undefined) this.warn(failure);
        return;
      }
      case 'legacyCancelled':
        notify('thread/realtime/itemAdded', {
          threadId,
          item: { type: 'response.cancelled', response_id: event.responseId ?? null },
        });
        return;
      case 'outputBuffer': {
        const { phase, responseId = null } = event;
        notify(`thread/realtime/outputAudioBuffer/${phase}`, { threadId, responseId });
        return;
      }
      case 'truncated': {
        const { itemId, audioEndMs } = event;
        notify('thread/realtime/outputAudio/truncated', { threadId, itemId, audioEndMs });
        return;
      }
      case 'rateLimits':
        notify('thread/realtime/rateLimits/updated', { threadId, rateLimits: event.rateLimits });
        return;
      case 'serverError':
        notify('thread/realtime/warning', { threadId, ...providerError(event.error) });
        return;
      case 'malformed': {
        this.#unreadable += 1;
        // One is worth a word, thousands are worth a number at the end.
        if (this.#unreadable > 1) return;
        const what = event.eventType ?? 'no type';
        this.warn(`The voice provider sent something unreadable (${what}); it was passed over.`);
        return;
      }
      case 'responseStalled':
        this.warn('The voice provider does not answer; say it again or restart the voice.');
    }
  }

  /** A line keeps one id everywhere; where the provider names no item, clients are told of none. */
  #toldId({ itemId }: { readonly itemId: string | undefined }, segmentId: string): string | null {
    return itemId === undefined ? null : segmentId;
  }

  #playAudio(audio: OutputAudio): void {
    this.#notify('thread/realtime/outputAudio/delta', {
      threadId: this.#threadId,
      audio: {
        data: audio.data,
        sampleRate: audio.sampleRateHz,
        numChannels: audio.channels,
        samplesPerChannel: audio.samplesPerChannel ?? null,
        itemId: audio.itemId ?? null,
        responseId: audio.responseId ?? null,
      },
    });
  }
}
