import type { Clock, Timer } from '../../core/base/index.ts';
import { type ClientEvent, decodeServerEvent, type ResponseOptions } from '../protocol/index.ts';
import type { RealtimeWire, WireClose } from '../transport/index.ts';
import {
  CallAnswers,
  initialResponseQueue,
  plainWant,
  type ResponseQueueEffect,
  type ResponseQueueInput,
  type ResponseQueueState,
  step,
} from './responses/index.ts';
import type { SessionEnd, SessionEvent } from './events.ts';
import { InputOutbox } from './inputOutbox.ts';
import { type Cut, type Heard, OutputLedger } from './truncation.ts';
import { ServerEventReader } from './serverEventReader.ts';
import {
  conversationSession,
  type Interruption,
  REALTIME_SAMPLE_RATE_HZ,
  REMAIN_SILENT_TOOL,
  type SessionConfig,
  turnDetection,
} from './sessionConfig.ts';
import { Transcript, type TranscriptLine } from './transcript.ts';

export type RealtimeSessionOptions = {
  readonly wire: RealtimeWire;
  readonly config: SessionConfig;
  /** Where sound travels: over this wire, or beside it in a call whose server holds the sound queue. */
  readonly media?: 'wire' | 'call';
  readonly clock: Clock;
  /** Names of function calls the owner answers itself; any other is answered with an error text. */
  readonly ownerTools: ReadonlySet<string>;
  readonly onEvent: (event: SessionEvent) => void;
  /** How long a `response.create` may go unanswered before it is sent once more. */
  readonly createTimeoutMs?: number;
};

/** What may change in a running session; absent fields stay as they are. */
export type SessionChange = {
  readonly outputModality?: 'text' | 'audio';
  readonly interruption?: Interruption;
};

const CREATE_TIMEOUT_MS = 10_000;
const USER_PREFIX = '[USER] ';
const BACKEND_PREFIX = '[BACKEND] ';

/** An empty text stays empty, as with the peer. */
const prefixed = (prefix: string, text: string): string =>
  text === '' || text.startsWith(prefix) ? text : prefix + text;

/**
 * One conversation with a Realtime server over an open wire: configures it, keeps the rule of one
 * response at a time, answers `remain_silent` and unknown tools by itself, and reports everything
 * else as events. Knows nothing of threads. After `closed` it reports nothing and sends nothing.
 */
export class RealtimeSession {
  readonly #wire: RealtimeWire;
  readonly #clock: Clock;
  readonly #options: RealtimeSessionOptions;
  readonly #outbox: InputOutbox;
  readonly #ledger = new OutputLedger(REALTIME_SAMPLE_RATE_HZ);
  readonly #transcript = new Transcript();
  readonly #reader: ServerEventReader;
  readonly #seenCalls = new Set<string>();
  /** As it is by now; a mended wire is told all of it again. */
  #config: SessionConfig;
  readonly #answers: CallAnswers;
  #queue: ResponseQueueState = initialResponseQueue;
  #watchdog: Timer | undefined;
  #sentEvents = 0;
  #typedLines = 0;
  #stopRequested = false;
  #lastFatalError: string | undefined;
  #ended = false;

  constructor(options: RealtimeSessionOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#wire = options.wire;
    this.#clock = options.clock;
    this.#outbox = new InputOutbox(options.wire, (chunks) => {
      this.#report({ type: 'inputDropped', chunks });
    });
    this.#answers = new CallAnswers(options.clock, () => {
      this.wantResponse();
    });
    this.#reader = new ServerEventReader({
      ledger: this.#ledger,
      transcript: this.#transcript,
      report: (event) => {
        this.#report(event);
      },
      queue: (input) => {
        this.#answers.follow(input);
        this.#advance(input);
      },
    });
    options.wire.onFrame = (frame) => {
      this.#receive(frame);
    };
    options.wire.onClose = (close) => {
      this.#finish(close);
    };
    options.wire.onReconnecting = (attempt, detail) => {
      this.#report({ type: 'reconnecting', attempt, detail });
    };
    options.wire.onReconnected = (release) => {
      this.#resume(release);
    };
    this.#send({ type: 'session.update', session: conversationSession(options.config) });
  }

  /** What the user typed; the model sees it prefixed and is not asked to answer (realtime-v2 §6). */
  sendUserText(text: string): void {
    const content = prefixed(USER_PREFIX, text);
    this.#typedLines += 1;
    this.#transcript.final(`typed_${this.#typedLines}`, 'user', text);
    this.#sendMessage('user', content);
  }

  /** Hidden guidance, or words put into the assistant's mouth (realtime-v2 §6, newest). */
  sendContext(role: 'developer' | 'assistant', text: string): void {
    this.#sendMessage(role, text);
  }

  /** A message of the background agent (realtime-v2 §10.2). */
  sendBackendText(text: string): void {
    this.#sendMessage('user', prefixed(BACKEND_PREFIX, text));
  }

  /**
   * Answers a function call; the caller answers each call id once. With `respond` a response is asked
   * for, together with what other calls of the same response want, slow ones excepted.
   */
  answerCall(callId: string, output: string, respond: boolean): void {
    const item = { type: 'function_call_output', call_id: callId, output } as const;
    this.#send({ type: 'conversation.item.create', item });
    this.#answers.answered(callId, respond);
  }

  /** Asks for a response, now or as soon as the running one has ended. */
  wantResponse(options?: ResponseOptions): void {
    const want = options === undefined ? plainWant : ({ kind: 'own', options } as const);
    this.#advance({ type: 'wanted', want });
  }

  /** Takes base64 PCM16 mono 24 kHz that has been checked already. */
  appendAudio(base64: string): void {
    if (!this.#ended) this.#outbox.push(base64);
  }

  /** Changes the running session without a reconnect. */
  change(change: SessionChange): void {
    this.#config = { ...this.#config, ...change };
    const { outputModality, interruption } = change;
    this.#send({
      type: 'session.update',
      session: {
        type: 'realtime',
        ...(outputModality === undefined ? {} : { output_modalities: [outputModality] }),
        ...(interruption === undefined
          ? {}
          : { audio: { input: { turn_detection: turnDetection(interruption) } } }),
      },
    });
  }

  /**
   * The listener cut the voice off: cancels the running response and makes the server forget what
   * was not heard (realtime-v2 §19.4). Late sound of that response is no longer reported. Returns
   * the items that were cut short.
   */
  interrupt(heard: readonly Heard[]): readonly Cut[] {
    const { slot } = this.#queue;
    if (slot.phase === 'active') {
      if (slot.responseId !== undefined) this.#reader.silence(slot.responseId);
      const cancel: ClientEvent = { type: 'response.cancel' };
      this.#send(
        slot.responseId === undefined ? cancel : { ...cancel, response_id: slot.responseId },
        true,
      );
    }
    if (this.#options.media === 'call' && (slot.phase === 'active' || this.#reader.isHeard)) {
      // The server has the sound that was not heard, and truncates what it throws away by itself.
      this.#send({ type: 'output_audio_buffer.clear' }, true);
    }
    const cuts = this.#ledger.cuts(heard);
    for (const cut of cuts) {
      if (cut.type === 'delete') {
        this.#send({ type: 'conversation.item.delete', item_id: cut.itemId }, true);
      } else {
        const { itemId, audioEndMs } = cut;
        this.#send(
          {
            type: 'conversation.item.truncate',
            item_id: itemId,
            content_index: 0,
            audio_end_ms: audioEndMs,
          },
          true,
        );
      }
    }
    return cuts;
  }

  /** The words exchanged since the last call, for whoever works behind the voice. */
  takeTranscript(): readonly TranscriptLine[] {
    return this.#transcript.takeNew();
  }

  /**
   * Ends the session: `closed` is reported at once, the goodbye to the server goes on behind it and
   * is cut off after a second. Stopping twice does nothing.
   */
  stop(): void {
    if (this.#ended) return;
    this.#stopRequested = true;
    this.#wire.close(1000, 'done');
    this.#finish({ code: 1000, reason: 'done' });
  }

  /** The wire was mended: the server may have lost what we set, and we what it said. */
  #resume(release: () => void): void {
    if (this.#ended) return;
    this.#send({ type: 'session.update', session: conversationSession(this.#config) });
    release();
    this.#reader.close();
    this.#advance({ type: 'reconnected' });
    this.#report({ type: 'reconnected' });
  }

  #sendMessage(role: 'user' | 'developer' | 'assistant', text: string): void {
    const type = role === 'assistant' ? ('output_text' as const) : ('input_text' as const);
    const item = { type: 'message' as const, role, content: [{ type, text }] };
    this.#send({ type: 'conversation.item.create', item });
  }

  /** `housekeeping` marks events whose refusal harms nobody and is not worth a word to the user. */
  #send(event: ClientEvent, housekeeping = false): void {
    if (this.#ended) return;
    this.#sentEvents += 1;
    const eventId = event.event_id ?? `event_${this.#sentEvents}`;
    if (housekeeping) this.#reader.expectRefusal(eventId);
    this.#wire.send(JSON.stringify({ ...event, event_id: eventId }));
  }

  #receive(frame: string): void {
    if (this.#ended) return;
    const decoded = decodeServerEvent(frame);
    if (decoded.kind === 'unknown') return;
    if (decoded.kind === 'malformed') {
      this.#report({ type: 'malformed', eventType: decoded.type, reason: decoded.reason });
      return;
    }
    this.#reader.read(decoded.event);
  }

  #report(event: SessionEvent): void {
    if (this.#ended) return;
    if (event.type === 'serverError' && event.fatal) {
      this.#lastFatalError = event.error.message ?? event.error.code ?? 'the session ended';
      // The server says goodbye itself as a rule; one that does not is not waited for.
      this.#wire.close(1000, 'done');
    }
    if (event.type === 'functionCall') {
      const { callId, name } = event.call;
      if (this.#seenCalls.has(callId)) return;
      this.#seenCalls.add(callId);
      this.#answers.opened(callId, this.#reader.activeResponseId);
      if (name === REMAIN_SILENT_TOOL) {
        // A chosen silence: answered, no response asked for, nothing shown.
        this.answerCall(callId, '', false);
        return;
      }
      if (!this.#options.ownerTools.has(name)) {
        this.answerCall(callId, `There is no tool named ${name}.`, true);
        return;
      }
    }
    this.#options.onEvent(event);
  }

  #advance(input: ResponseQueueInput): void {
    const before = this.#queue;
    const { state, effects } = step(before, input);
    this.#queue = state;
    for (const effect of effects) this.#perform(effect);
    const isSame = before.slot.phase === state.slot.phase && before.wants === state.wants;
    if (input.type === 'disconnected' || isSame) return;
    this.#report({ type: 'queue', phase: state.slot.phase, waiting: state.wants.length });
  }

  #perform(effect: ResponseQueueEffect): void {
    switch (effect.type) {
      case 'sendCreate': {
        const { want, eventId } = effect;
        const create = { type: 'response.create', event_id: eventId } as const;
        this.#send(want.kind === 'plain' ? create : { ...create, response: want.options });
        return;
      }
      case 'watch':
        this.#watchdog?.cancel();
        this.#watchdog = this.#clock.after(
          this.#options.createTimeoutMs ?? CREATE_TIMEOUT_MS,
          () => {
            this.#advance({ type: 'createUnanswered', eventId: effect.eventId });
          },
        );
        return;
      case 'unwatch':
        this.#watchdog?.cancel();
        return;
      case 'stalled':
        this.#report({ type: 'responseStalled' });
    }
  }

  #finish(close: WireClose): void {
    if (this.#ended) return;
    this.#advance({ type: 'disconnected' });
    this.#answers.close();
    this.#outbox.close(this.#stopRequested ? 'goodbye' : 'cut');
    this.#reader.close();
    const end = this.#describeEnd(close);
    this.#report({ type: 'closed', end });
    this.#ended = true;
  }

  #describeEnd(close: WireClose): SessionEnd {
    const closeCode = close.code;
    if (this.#stopRequested) return { reason: 'requested', closeCode, detail: close.reason };
    const fault = close.fault ?? this.#lastFatalError;
    if (fault !== undefined) return { reason: 'error', closeCode, detail: fault };
    return { reason: 'transportClosed', closeCode, detail: close.reason };
  }
}
