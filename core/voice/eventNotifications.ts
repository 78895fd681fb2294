import type { ServerErrorBody } from '../../realtime/protocol/index.ts';
import type { OutputAudio, SessionEvent } from '../../realtime/session/index.ts';
import type { NotificationParamsOf, ThreadNotificationMethod } from '../protocol/index.ts';
import type { LineEvent } from './transcriptSegments.ts';

/**
 * Events that clients are told about as they are, those of a line of talk with the segment it is kept
 * as; the rest is the live session's own business.
 */
export type ReportedEvent =
  | (LineEvent & { readonly segmentId: string })
  | Exclude<
      SessionEvent,
      | LineEvent
      | {
          type:
            | 'functionCall'
            | 'closed'
            | 'configured'
            | 'queue'
            | 'inputDropped'
            | 'malformed'
            | 'cut'
            | 'reconnecting'
            | 'reconnected';
        }
    >;

/** A method with the parameters of its own row. */
type ThreadNotification = {
  [M in ThreadNotificationMethod]: readonly [M, NotificationParamsOf<M>];
}[ThreadNotificationMethod];

/** What clients are told when a session reports this, in this order (realtime-v2 §7). */
export function notificationsOf(
  threadId: string,
  event: ReportedEvent,
): readonly ThreadNotification[] {
  switch (event.type) {
    case 'itemAdded':
      return [['thread/realtime/itemAdded', { threadId, item: event.item }]];
    case 'speechStarted': {
      const { itemId = null, audioStartMs = null } = event;
      const item = { type: 'input_audio_buffer.speech_started', item_id: itemId };
      return [
        ['thread/realtime/itemAdded', { threadId, item }],
        ['thread/realtime/speech/started', { threadId, itemId, audioStartMs }],
      ];
    }
    case 'speechStopped': {
      const { itemId = null, audioEndMs = null } = event;
      return [['thread/realtime/speech/stopped', { threadId, itemId, audioEndMs }]];
    }
    case 'inputCommitted': {
      const { itemId, previousItemId = null } = event;
      return [['thread/realtime/input/committed', { threadId, itemId, previousItemId }]];
    }
    case 'transcriptDelta': {
      const { role, delta, responseId = null } = event;
      const itemId = toldId(event);
      return [['thread/realtime/transcript/delta', { threadId, role, delta, itemId, responseId }]];
    }
    case 'transcriptDone': {
      const { role, text, responseId = null } = event;
      const itemId = toldId(event);
      return [['thread/realtime/transcript/done', { threadId, role, text, itemId, responseId }]];
    }
    case 'transcriptFailed': {
      const { segmentId: itemId, message } = event;
      return [['thread/realtime/transcript/failed', { threadId, itemId, message }]];
    }
    case 'audio':
      return [['thread/realtime/outputAudio/delta', { threadId, audio: chunkOf(event.audio) }]];
    case 'responseStarted': {
      const { responseId } = event;
      if (responseId === undefined) return [];
      return [['thread/realtime/response/started', { threadId, responseId }]];
    }
    case 'responseEnded': {
      const { responseId, status, usage, failure } = event;
      const told: ThreadNotification[] = [];
      if (responseId !== undefined)
        told.push(['thread/realtime/response/completed', { threadId, responseId, status, usage }]);
      if (failure !== undefined)
        told.push(['thread/realtime/warning', { threadId, message: failure }]);
      return told;
    }
    case 'legacyCancelled': {
      const item = { type: 'response.cancelled', response_id: event.responseId ?? null };
      return [['thread/realtime/itemAdded', { threadId, item }]];
    }
    case 'outputBuffer': {
      const { phase, responseId = null } = event;
      return [[`thread/realtime/outputAudioBuffer/${phase}`, { threadId, responseId }]];
    }
    case 'truncated': {
      const { itemId, audioEndMs } = event;
      return [['thread/realtime/outputAudio/truncated', { threadId, itemId, audioEndMs }]];
    }
    case 'phrases': {
      const { language, phrases } = event;
      return [['thread/realtime/phrases/updated', { threadId, language, phrases: [...phrases] }]];
    }
    case 'rateLimits': {
      const { rateLimits } = event;
      return [['thread/realtime/rateLimits/updated', { threadId, rateLimits }]];
    }
    case 'serverError':
      return [['thread/realtime/warning', { threadId, ...describeError(event.error) }]];
    case 'responseStalled': {
      const message = 'The voice provider does not answer; say it again or restart the voice.';
      return [['thread/realtime/warning', { threadId, message }]];
    }
  }
}

/** A line keeps one id everywhere; where the provider names no item, clients are told of none. */
function toldId({ itemId, segmentId }: LineEvent & { readonly segmentId: string }): string | null {
  return itemId === undefined ? null : segmentId;
}

/** An error of the provider in its own words, with all it says of it. */
export function describeError(
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

function chunkOf(
  audio: OutputAudio,
): NotificationParamsOf<'thread/realtime/outputAudio/delta'>['audio'] {
  return {
    data: audio.data,
    sampleRate: audio.sampleRateHz,
    numChannels: audio.channels,
    samplesPerChannel: audio.samplesPerChannel ?? null,
    itemId: audio.itemId ?? null,
    responseId: audio.responseId ?? null,
  };
}
