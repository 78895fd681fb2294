import {
  BACKGROUND_AGENT_TOOL,
  type FunctionCall,
  type Heard,
  type OutputAudio,
  RealtimeSession,
  type SessionEnd,
  type SessionEvent,
} from '../../realtime/session/index.ts';
import type { RealtimeWire } from '../../realtime/transport/index.ts';
import type { Clock, NewId, Unsubscribe } from '../base/index.ts';
import type { OutputModality, Turn } from '../protocol/index.ts';
import type { LiveThread, Notify } from '../threads/index.ts';
import {
  delegatedRequest,
  NO_REQUEST_TEXT,
  outcomeText,
  requestOf,
  STEERED_TEXT,
  transcriptTail,
} from './delegation.ts';
import { Lines } from './lines.ts';

export type LiveSessionOptions = {
  readonly thread: LiveThread;
  readonly wire: RealtimeWire;
  readonly realtimeSessionId: string;
  readonly instructions: string;
  readonly outputModality: OutputModality;
  readonly voice: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly notify: Notify;
  readonly onEnded: (session: LiveSession) => void;
};

/** The handed-over task whose messages go back to the voice model, and the call that waits for it. */
type Handoff = { readonly callId: string; readonly turnId: string; readonly sentMessages: number };

const BACKEND_LIMIT_CHARS = 4_000;

const REASONS = {
  requested: 'requested',
  transportClosed: 'transport_closed',
  error: 'error',
} as const;

/**
 * One realtime session as the conversation of a thread: turns what the session reports into
 * notifications and kept lines, hands work to the thread's text model and brings the results back.
 */
export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #session: RealtimeSession;
  readonly #lines: Lines;
  readonly #unsubscribe: readonly Unsubscribe[];
  #handoff: Handoff | undefined;
  #typedCount = 0;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    const { thread, realtimeSessionId, newId, notify, clock } = options;
    this.#lines = new Lines({
      threadId: thread.id,
      realtimeSessionId,
      newId,
      notify,
      keep: (item) => {
        thread.addRealtimeItem(item);
      },
    });
    this.#unsubscribe = [
      thread.events.on('agentMessage', ({ turnId, text }) => {
        this.#bringMessage(turnId, text);
      }),
      thread.events.on('turnEnded', ({ turn }) => {
        this.#bringOutcome(turn);
      }),
    ];
    this.#session = new RealtimeSession({
      wire: options.wire,
      config: {
        instructions: options.instructions,
        outputModality: options.outputModality,
        voice: options.voice,
      },
      clock,
      ownerTools: new Set([BACKGROUND_AGENT_TOOL]),
      onEvent: (event) => {
        this.#onEvent(event);
      },
    });
  }

  appendAudio(base64: string): void {
    this.#session.appendAudio(base64);
  }

  appendText(role: 'user' | 'developer' | 'assistant', text: string, respond: boolean): void {
    if (role === 'user') {
      this.#session.sendUserText(text);
      this.#typedCount += 1;
      if (text.trim() !== '') this.#lines.typed(`typed_${this.#typedCount}`, text);
    } else {
      this.#session.sendContext(role, text);
    }
    if (respond) this.#session.wantResponse();
  }

  setOutputModality(modality: OutputModality): void {
    this.#session.setOutputModality(modality);
  }

  interrupt(heard: readonly Heard[]): void {
    for (const cut of this.#session.interrupt(heard)) {
      this.#lines.heard(cut.itemId, cut.type === 'delete' ? 0 : cut.audioEndMs);
    }
  }

  stop(): void {
    this.#session.stop();
  }

  #onEvent(event: SessionEvent): void {
    const { notify } = this.#options;
    const threadId = this.#options.thread.id;
    switch (event.type) {
      case 'configured':
        notify('thread/realtime/stage', { threadId, stage: 'ready' });
        return;
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
        const { role, delta, lineId } = event;
        const ids = { itemId: event.itemId ?? null, responseId: event.responseId ?? null };
        this.#lines.delta(lineId, role, delta);
        notify('thread/realtime/transcript/delta', { threadId, role, delta, ...ids });
        return;
      }
      case 'transcriptDone': {
        const { role, text, lineId } = event;
        const ids = { itemId: event.itemId ?? null, responseId: event.responseId ?? null };
        this.#lines.done(lineId, role, text);
        notify('thread/realtime/transcript/done', { threadId, role, text, ...ids });
        return;
      }
      case 'transcriptFailed': {
        const { itemId, message } = event;
        this.#lines.failed(itemId, message);
        notify('thread/realtime/transcript/failed', { threadId, itemId, message });
        return;
      }
      case 'audio':
        this.#playAudio(event.audio);
        return;
      case 'functionCall':
        this.#handOver(event.call);
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
        if (failure !== undefined) this.#notifyError(failure);
        return;
      }
      case 'legacyCancelled':
        notify('thread/realtime/itemAdded', {
          threadId,
          item: { type: 'response.cancelled', response_id: event.responseId ?? null },
        });
        return;
      case 'serverError': {
        const { error, fatal } = event;
        notify('thread/realtime/error', {
          threadId,
          message: error.message ?? JSON.stringify(error),
          code: error.code ?? null,
          type: error.type ?? null,
          param: error.param ?? null,
          eventId: error.event_id ?? null,
          fatal,
        });
        return;
      }
      case 'malformed':
        this.#notifyError(
          `The voice provider sent something unreadable (${event.eventType ?? 'no type'}); it was passed over.`,
        );
        return;
      case 'responseStalled':
        this.#notifyError('The voice provider does not answer; say it again or restart the voice.');
        return;
      case 'inputDropped':
        this.#notifyError(
          `The connection could not keep up: ${event.chunks} pieces of microphone sound were dropped.`,
        );
        return;
      default:
        this.#end(event.end);
    }
  }

  #notifyError(message: string): void {
    const threadId = this.#options.thread.id;
    this.#options.notify('thread/realtime/error', { threadId, message, fatal: false });
  }

  #playAudio(audio: OutputAudio): void {
    this.#options.notify('thread/realtime/outputAudio/delta', {
      threadId: this.#options.thread.id,
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

  #handOver(call: FunctionCall): void {
    const { thread, notify } = this.#options;
    const { callId } = call;
    const spoken = this.#session.takeTranscript();
    const request = requestOf(call.arguments);
    notify('thread/realtime/itemAdded', {
      threadId: thread.id,
      item: {
        type: 'handoff_request',
        handoff_id: callId,
        item_id: call.itemId ?? null,
        input_transcript: request,
        active_transcript: spoken,
      },
    });
    const delegated = delegatedRequest(request, spoken);
    if (delegated === undefined) {
      this.#answer(callId, NO_REQUEST_TEXT);
      return;
    }
    const { prompt, modelText } = delegated;
    const prepared = thread.prepareTurn({
      input: [{ type: 'text', text: prompt }],
      delegation: { callId, prompt },
      modelText,
    });
    if (this.#handoff?.turnId === prepared.turn.id) {
      this.#answer(callId, STEERED_TEXT);
    } else {
      this.#handoff = { callId, turnId: prepared.turn.id, sentMessages: 0 };
    }
    prepared.begin();
  }

  #bringMessage(turnId: string, text: string): void {
    this.#session.sendBackendText(shortened(text));
    if (this.#handoff?.turnId === turnId) {
      this.#handoff = { ...this.#handoff, sentMessages: this.#handoff.sentMessages + 1 };
      return;
    }
    // A typed turn beside the voice: nobody called for it, so its answer asks to be spoken itself.
    this.#session.wantResponse();
  }

  #bringOutcome(turn: Turn): void {
    const handoff = this.#handoff;
    if (handoff?.turnId !== turn.id) return;
    this.#handoff = undefined;
    this.#answer(handoff.callId, outcomeText(turn, handoff.sentMessages));
  }

  #answer(callId: string, output: string): void {
    this.#session.answerCall(callId, output);
    this.#session.wantResponse();
  }

  #end(end: SessionEnd): void {
    const { thread, notify, newId, realtimeSessionId } = this.#options;
    const threadId = thread.id;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#lines.close();
    const tail = transcriptTail(this.#session.takeTranscript());
    if (tail !== undefined) thread.addHistory(tail);
    const item = {
      id: newId(),
      realtimeSessionId,
      type: 'realtimeSessionClosed' as const,
      outcome: end.reason === 'error' ? ('failed' as const) : ('ended' as const),
    };
    if (end.reason === 'error') {
      const message = `The voice connection broke: ${end.detail}`;
      notify('thread/realtime/error', { threadId, message, fatal: true });
    }
    thread.addRealtimeItem(item);
    notify('thread/realtime/item/started', { threadId, item });
    notify('thread/realtime/item/completed', { threadId, item });
    this.#options.onEnded(this);
    notify('thread/realtime/closed', {
      threadId,
      reason: REASONS[end.reason],
      closeCode: end.closeCode,
      detail: end.detail,
    });
  }
}

/** Keeps both ends of a long message, which hold the gist; the middle is on the screen anyway. */
function shortened(text: string): string {
  if (text.length <= BACKEND_LIMIT_CHARS) return text;
  const half = BACKEND_LIMIT_CHARS / 2;
  return `${text.slice(0, half)}\n[… the middle is shown on the screen …]\n${text.slice(-half)}`;
}
