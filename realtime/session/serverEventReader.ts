import { assertNever } from '../../core/base/index.ts';
import type { KnownServerEvent, ServerErrorBody } from '../protocol/index.ts';
import type { SessionEvent } from './events.ts';
import { ResponseBook, type ResponseScheduler } from './responses/index.ts';
import { callIn, errorIn, failureIn, idIn, isSpokenItem, samplesIn } from './serverEventFacts.ts';
import { REALTIME_SAMPLE_RATE_HZ } from './sessionConfig.ts';
import type { Transcript, TranscriptRole } from './transcript.ts';
import type { OutputSound } from './truncation.ts';

type EventOf<Type extends KnownServerEvent['type']> = Extract<KnownServerEvent, { type: Type }>;

export type ReaderPorts = {
  readonly sound: OutputSound;
  readonly transcript: Transcript;
  readonly responses: Pick<ResponseScheduler, 'follow'>;
  /** The server has said that the session is over, and why. */
  readonly endedBy: (error: ServerErrorBody) => void;
};

const ACTIVE_RESPONSE = 'conversation_already_has_active_response';
const OUTPUT_BUFFER_PHASES = {
  'output_audio_buffer.started': 'started',
  'output_audio_buffer.stopped': 'stopped',
  'output_audio_buffer.cleared': 'cleared',
} as const;
/** Codes after which the server ends the session by itself. */
const FATAL_CODES: ReadonlySet<string> = new Set(['session_expired']);
/** Refusals that only say that what we wanted stopped had ended already. */
const HARMLESS_CODES: ReadonlySet<string> = new Set(['response_cancel_not_active']);

/** What there is to be reported, one after the other: the books are as they were when it happened. */
type Reports = Iterable<SessionEvent>;

/** Reads decoded server events as what the session is to report, and feeds its books on the way. */
export class ServerEventReader {
  readonly #ports: ReaderPorts;
  readonly #expectedRefusals = new Set<string>();
  readonly #book = new ResponseBook();

  constructor(ports: ReaderPorts) {
    this.#ports = ports;
  }

  /** An error that names this event of ours is of no interest to anyone. */
  expectRefusal(eventId: string): void {
    this.#expectedRefusals.add(eventId);
  }

  /**
   * The link is gone, or was for a while: what was still being answered has ended with it, as far as
   * anybody can know. A late end of one of those is passed over.
   */
  *close(): Reports {
    this.#ports.sound.forgetPlaying();
    for (const responseId of this.#book.endAll()) {
      yield {
        type: 'responseEnded',
        responseId,
        status: 'cancelled',
        usage: null,
        failure: undefined,
      };
    }
  }

  *read(event: KnownServerEvent): Reports {
    switch (event.type) {
      case 'session.created':
      case 'conversation.item.deleted':
        return;
      case 'conversation.item.truncated':
        if (event.item_id === undefined || event.audio_end_ms === undefined) return;
        yield {
          type: 'truncated',
          itemId: event.item_id,
          audioEndMs: event.audio_end_ms,
        };
        return;
      case 'output_audio_buffer.started':
      case 'output_audio_buffer.stopped':
      case 'output_audio_buffer.cleared':
        yield this.#outputBuffer(event);
        return;
      case 'parley.phrases.updated': {
        const { language, phrases } = event;
        yield { type: 'phrases', language, phrases };
        return;
      }
      case 'rate_limits.updated':
        yield { type: 'rateLimits', rateLimits: event.rate_limits ?? [] };
        return;
      case 'session.updated':
        yield {
          type: 'configured',
          expiresAtSeconds: event.session?.expires_at,
        };
        return;
      case 'conversation.item.added':
      case 'conversation.item.created':
        yield this.#itemAdded(event);
        return;
      case 'conversation.item.done':
        yield* this.#itemDone(event);
        return;
      case 'input_audio_buffer.speech_started':
        yield {
          type: 'speechStarted',
          itemId: event.item_id,
          audioStartMs: event.audio_start_ms,
        };
        return;
      case 'input_audio_buffer.speech_stopped':
        yield {
          type: 'speechStopped',
          itemId: event.item_id,
          audioEndMs: event.audio_end_ms,
        };
        return;
      case 'input_audio_buffer.committed':
        if (event.item_id === undefined) return;
        this.#ports.transcript.placed(event.item_id, event.previous_item_id);
        yield {
          type: 'inputCommitted',
          itemId: event.item_id,
          previousItemId: event.previous_item_id,
        };
        return;
      case 'conversation.item.input_audio_transcription.delta':
        yield this.#delta('user', event.item_id, undefined, event.delta ?? '');
        return;
      case 'conversation.item.input_audio_transcription.completed':
        yield this.#done('user', event.item_id, undefined, event.transcript);
        return;
      case 'conversation.item.input_audio_transcription.failed':
        yield {
          type: 'transcriptFailed',
          lineId: this.#ports.transcript.failed(event.item_id),
          itemId: event.item_id,
          message: event.error?.message ?? 'The words could not be recognised.',
        };
        return;
      case 'response.output_audio_transcript.delta':
      case 'response.output_text.delta':
        yield this.#delta('assistant', event.item_id, event.response_id, event.delta);
        return;
      case 'response.output_audio_transcript.done':
        yield this.#done('assistant', event.item_id, event.response_id, event.transcript);
        return;
      case 'response.output_text.done':
        yield this.#done('assistant', event.item_id, event.response_id, event.text);
        return;
      case 'response.output_audio.delta':
      case 'response.audio.delta':
        yield* this.#audio(event);
        return;
      case 'response.created':
        yield* this.#responseCreated(event);
        return;
      case 'response.done':
        yield* this.#responseDone(event);
        return;
      case 'response.cancelled': {
        const responseId = event.response_id ?? event.response?.id;
        this.#ports.sound.ended(responseId);
        yield { type: 'legacyCancelled', responseId };
        this.#ports.responses.follow({ type: 'responseEnded', responseId });
        return;
      }
      case 'error':
        yield* this.#error(event);
        return;
      default:
        assertNever(event, 'realtime server event');
    }
  }

  #outputBuffer({
    type,
    response_id: responseId,
  }: EventOf<`output_audio_buffer.${'started' | 'stopped' | 'cleared'}`>): SessionEvent {
    const phase = OUTPUT_BUFFER_PHASES[type];
    this.#ports.sound.playing(responseId, phase === 'started');
    return { type: 'outputBuffer', phase, responseId };
  }

  #itemAdded({
    item,
    previous_item_id: previousItemId,
  }: EventOf<'conversation.item.added' | 'conversation.item.created'>): SessionEvent {
    const itemId = idIn(item);
    if (itemId !== undefined && isSpokenItem(item)) {
      this.#ports.transcript.placed(itemId, previousItemId);
    }
    return { type: 'itemAdded', item };
  }

  *#itemDone({ item }: EventOf<'conversation.item.done'>): Reports {
    const call = callIn(item);
    if (call !== undefined) yield { type: 'functionCall', call };
  }

  #delta(
    role: TranscriptRole,
    itemId: string | undefined,
    responseId: string | undefined,
    delta: string,
  ): SessionEvent {
    const lineId = this.#ports.transcript.delta(itemId, role, delta);
    return { type: 'transcriptDelta', lineId, itemId, responseId, role, delta };
  }

  #done(
    role: TranscriptRole,
    itemId: string | undefined,
    responseId: string | undefined,
    final: string,
  ): SessionEvent {
    const lineId = this.#ports.transcript.final(itemId, role, final);
    return { type: 'transcriptDone', lineId, itemId, responseId, role, text: final };
  }

  *#audio(event: EventOf<'response.output_audio.delta' | 'response.audio.delta'>): Reports {
    const { response_id: responseId, item_id: itemId, delta } = event;
    if (!this.#ports.sound.isWanted(responseId)) return;
    const channels = event.channels ?? event.num_channels ?? 1;
    const sampleRateHz = event.sample_rate ?? REALTIME_SAMPLE_RATE_HZ;
    if (itemId !== undefined) {
      const samples = event.samples_per_channel ?? samplesIn(delta, channels);
      const ours = (samples * REALTIME_SAMPLE_RATE_HZ) / sampleRateHz;
      this.#ports.sound.received(itemId, ours, responseId);
    }
    const samplesPerChannel = event.samples_per_channel;
    yield {
      type: 'audio',
      audio: { data: delta, sampleRateHz, channels, samplesPerChannel, itemId, responseId },
    };
  }

  *#responseCreated({ response, response_id }: EventOf<'response.created'>): Reports {
    const responseId = response?.id ?? response_id;
    const begun = this.#book.begin({ ...response, id: responseId });
    if (begun === undefined) return;
    this.#ports.responses.follow({ type: 'responseCreated', responseId, ...begun });
    yield { type: 'responseStarted', responseId };
  }

  *#responseDone({ response, response_id }: EventOf<'response.done'>): Reports {
    const responseId = response?.id ?? response_id;
    this.#ports.sound.ended(responseId);
    const ended = this.#book.end({ ...response, id: responseId });
    if (ended === undefined) return;
    // The next response is asked for before anyone is told, because somebody is waiting to hear it.
    if (!ended.outOfBand) this.#ports.responses.follow({ type: 'responseEnded', responseId });
    yield {
      type: 'responseEnded',
      responseId,
      status: response?.status ?? 'completed',
      usage: response?.usage ?? null,
      failure: response?.status === 'failed' ? failureIn(response.status_details) : undefined,
    };
  }

  *#error(event: EventOf<'error'>): Reports {
    const error = errorIn(event);
    if (error === undefined) return;
    const eventId = error.event_id;
    const code = error.code ?? '';
    if (code === ACTIVE_RESPONSE) {
      const activeResponseId = /\bresp_\w+/u.exec(error.message ?? '')?.[0];
      this.#ports.responses.follow({ type: 'createRefused', eventId, activeResponseId });
      return;
    }
    if (HARMLESS_CODES.has(code)) return;
    if (eventId !== undefined && this.#expectedRefusals.has(eventId)) return;
    if (eventId !== undefined) this.#ports.responses.follow({ type: 'createFailed', eventId });
    if (FATAL_CODES.has(code)) this.#ports.endedBy(error);
    else yield { type: 'serverError', error };
  }
}
