import { type Clock, errorText } from '../../core/base/index.ts';
import {
  type ClientEvent,
  decodeServerEvent,
  type ResponseOptions,
  type ServerErrorBody,
} from '../protocol/index.ts';
import type { RealtimeWire, WireClose } from '../transport/index.ts';
import { describeEnd, type SessionEvent } from './events.ts';
import { InputOutbox } from './inputOutbox.ts';
import { ResponseScheduler } from './responses/index.ts';
import { ServerEventReader } from './serverEventReader.ts';
import {
  type Interruption,
  REALTIME_SAMPLE_RATE_HZ,
  type SessionConfig,
  sessionUpdate,
  turnDetection,
} from './sessionConfig.ts';
import { Transcript, type TranscriptLine } from './transcript.ts';
import { type Heard, OutputSound, type Truncation } from './truncation.ts';

export type RealtimeSessionOptions = {
  readonly wire: RealtimeWire;
  /** The owner answers the calls of its tools; any other call is answered with an error text. */
  readonly config: SessionConfig;
  /** Where sound travels: over this wire, or beside it in a call whose server holds the sound queue. */
  readonly media?: 'wire' | 'call';
  readonly clock: Clock;
  readonly onEvent: (event: SessionEvent) => void;
};

/** What may change in a running session; absent fields stay as they are. */
export type SessionChange = {
  readonly outputModality?: 'text' | 'audio';
  readonly interruption?: Interruption;
};

/** A message put into the conversation from outside it: typed, or written by a program. */
export type OutgoingMessage = {
  readonly role: 'user' | 'developer' | 'assistant';
  readonly text: string;
  /** The user's own words in it, where it counts as something the user said. */
  readonly said?: string;
  /** The id the server is to know the item by; the server makes one unless given. */
  readonly itemId?: string | undefined;
};

/**
 * One conversation with a Realtime server over an open wire: configures it, keeps the rule of one
 * response at a time, answers calls of tools nobody has, and reports everything else as events. Knows
 * nothing of threads or agents. After `closed` it reports nothing and sends nothing.
 */
export class RealtimeSession {
  readonly #wire: RealtimeWire;
  readonly #options: RealtimeSessionOptions;
  readonly #toolNames: ReadonlySet<string>;
  readonly #outbox: InputOutbox;
  readonly #sound: OutputSound;
  readonly #transcript = new Transcript();
  readonly #responses: ResponseScheduler;
  readonly #reader: ServerEventReader;
  /** As it is by now; a wire that was connected again is told all of it again. */
  #config: SessionConfig;
  #sentEvents = 0;
  #stopRequested = false;
  #fatalError: ServerErrorBody | undefined;
  #ended = false;

  constructor(options: RealtimeSessionOptions) {
    const { wire, config, clock, media = 'wire' } = options;
    this.#options = options;
    this.#config = config;
    this.#wire = wire;
    this.#toolNames = new Set(
      config.type === 'realtime' ? config.tools.map(({ name }) => name) : [],
    );
    this.#sound = new OutputSound(REALTIME_SAMPLE_RATE_HZ, media, clock);
    this.#outbox = new InputOutbox(wire, (chunks) => {
      this.#report({ type: 'inputDropped', chunks });
    });
    this.#responses = new ResponseScheduler({
      clock,
      sendCreate: (request, eventId) => {
        const create = { type: 'response.create', event_id: eventId } as const;
        this.#send(request.kind === 'plain' ? create : { ...create, response: request.options });
      },
      onQueue: (phase, waiting) => {
        this.#report({ type: 'queue', phase, waiting });
      },
      onStalled: () => {
        this.#report({ type: 'responseStalled' });
      },
    });
    this.#reader = new ServerEventReader({
      sound: this.#sound,
      transcript: this.#transcript,
      responses: this.#responses,
      endedBy: (error) => {
        this.#fatalError = error;
        // The server says goodbye itself as a rule; one that does not is not waited for.
        wire.close(1000, 'done');
      },
    });
    wire.onFrame = (frame) => {
      this.#receive(frame);
    };
    wire.onClose = (close) => {
      this.#finish(close);
    };
    wire.onReconnecting = (attempt, detail) => {
      this.#report({ type: 'reconnecting', attempt, detail });
    };
    wire.onReconnected = (release) => {
      this.#resume(release);
    };
    this.#send({ type: 'session.update', session: sessionUpdate(config) });
  }

  /** Puts a message into the conversation; the model is not asked to answer it. */
  sendMessage({ role, text, said, itemId }: OutgoingMessage): void {
    if (this.#ended) return;
    if (said !== undefined) this.#transcript.said(itemId, said);
    const type = role === 'assistant' ? ('output_text' as const) : ('input_text' as const);
    const content = [{ type, text }];
    const item = { ...(itemId !== undefined && { id: itemId }), type: 'message' as const };
    this.#send({ type: 'conversation.item.create', item: { ...item, role, content } });
  }

  /**
   * Answers a function call; the caller answers each call id once. With `respond` a response is asked
   * for, together with what other calls of the same response want, slow ones excepted.
   */
  answerCall(callId: string, output: string, respond: boolean): void {
    if (this.#ended) return;
    const item = { type: 'function_call_output', call_id: callId, output } as const;
    this.#send({ type: 'conversation.item.create', item });
    this.#responses.answered(callId, respond);
  }

  /** Asks for a response, now or as soon as the running one has ended. Dictation has none. */
  requestResponse(options?: ResponseOptions): void {
    if (!this.#ended && this.#config.type === 'realtime') this.#responses.request(options);
  }

  /** Takes base64 PCM16 mono 24 kHz that has been checked already. */
  appendAudio(base64: string): void {
    if (!this.#ended) this.#outbox.push(base64);
  }

  /** Changes the running session without a reconnect. Dictation has nothing of the kind to change. */
  change(change: SessionChange): void {
    if (this.#config.type !== 'realtime') return;
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
   * The listener cut the voice off after hearing this much. The running response is cancelled, its
   * late sound is no longer reported, and each item that was cut short is reported as `cut`.
   */
  interrupt(heard: readonly Heard[]): void {
    this.#carryOut(this.#sound.interrupt(this.#responses.running, heard));
  }

  /** The user spoke into the voice, and its listener reports nothing: cut where the time says. */
  spokenInto(): void {
    this.#carryOut(this.#sound.spokenInto());
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

  /** The wire was connected again: the server may have lost what we set, and we what it said. */
  #resume(release: () => void): void {
    if (this.#ended) return;
    this.#send({ type: 'session.update', session: sessionUpdate(this.#config) });
    release();
    for (const event of this.#reader.close()) this.#report(event);
    this.#responses.follow({ type: 'reconnected' });
    this.#report({ type: 'reconnected' });
  }

  #carryOut({ events, cut }: Truncation): void {
    for (const event of events) this.#send(event, true);
    for (const item of cut) this.#report({ type: 'cut', ...item });
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
    try {
      for (const event of this.#reader.read(decoded.event)) this.#report(event);
    } catch (error) {
      // One event we fail on ends neither the talk nor the process.
      this.#report({ type: 'malformed', eventType: decoded.event.type, reason: errorText(error) });
    }
  }

  #report(event: SessionEvent): void {
    if (this.#ended) return;
    if (event.type === 'functionCall') {
      const { callId, name } = event.call;
      if (!this.#responses.called(callId)) return;
      if (!this.#toolNames.has(name)) {
        const isAsked = this.#config.type === 'realtime';
        this.answerCall(callId, `There is no tool named ${name}.`, isAsked);
        return;
      }
    }
    this.#options.onEvent(event);
  }

  #finish(close: WireClose): void {
    if (this.#ended) return;
    this.#responses.close();
    this.#outbox.close(this.#stopRequested ? 'goodbye' : 'cut');
    for (const event of this.#reader.close()) this.#report(event);
    const end = describeEnd(close, this.#stopRequested, this.#fatalError);
    this.#report({ type: 'closed', end });
    this.#ended = true;
  }
}
