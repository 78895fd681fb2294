import {
  type Heard,
  RealtimeSession,
  type SessionConfig,
  type SessionEnd,
  type SessionEvent,
} from '../../realtime/session/index.ts';
import type { RealtimeWire } from '../../realtime/transport/index.ts';
import { type Clock, errorText, type NewId } from '../base/index.ts';
import type { LiveThread } from '../threads/index.ts';
import { backendMessage, type HandBack, transcriptTail, typedMessage } from './agent/index.ts';
import { Reconnect } from './connection/index.ts';
import { notificationsOf, type ReportedEvent } from './eventNotifications.ts';
import type { GoneModels } from './goneModels.ts';
import { Handoff } from './handoff.ts';
import { PendingInput, type VoiceInput } from './pendingInput.ts';
import { SessionNotifications } from './sessionNotifications.ts';
import { addTimelineItem } from './timelineItems.ts';
import { segmentsOf, type TranscriptSegments } from './transcriptSegments.ts';
import { aloud, changesBetween, type VoiceMode } from './voiceMode.ts';

export type VoiceSessionOptions = {
  readonly thread: LiveThread;
  readonly realtimeSessionId: string;
  /** What the provider's session begins with, as of now; after a drop also what was said in it so far. */
  readonly configure: (after: 'start' | 'drop') => (mode: VoiceMode) => SessionConfig;
  readonly mode: VoiceMode;
  /** Undelegated words reach the text thread when a connection ends. */
  readonly keepsTail: boolean;
  readonly handBack: HandBack;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Whether a client says what was heard when the voice is cut off; else the time has to. */
  readonly listenerReports: () => boolean;
  /** A client has said so. */
  readonly onReport: () => void;
  /** In a call the wire is a sideband, which mends itself. */
  readonly media: 'wire' | 'call';
  /** Opens another wire after a drop; without it a drop is the end. */
  readonly reopen: ((signal: AbortSignal) => Promise<RealtimeWire>) | undefined;
  readonly onEnded: (session: VoiceSession) => void;
  /** Knows of the ends of the session's models. */
  readonly goneModels: GoneModels;
};

type Link =
  | { readonly phase: 'open'; readonly session: RealtimeSession }
  | {
      readonly phase: 'reopening';
      readonly reopening: Reconnect;
      /** As things stood at the drop; what comes later waits and follows in its own right. */
      readonly config: (mode: VoiceMode) => SessionConfig;
      readonly waiting: PendingInput;
    }
  | { readonly phase: 'ended' };

/** A connection that held this long was a good one: the next drop is tried for from the beginning. */
const GOOD_CONNECTION_MS = 10_000;

/**
 * A running voice conversation of a thread, over one connection or several in a row: reports it to
 * clients, keeps its lines, and leaves the work to the hand-off. Ends exactly once.
 */
export class VoiceSession {
  readonly #options: VoiceSessionOptions;
  readonly #segments: TranscriptSegments;
  readonly #notifications: SessionNotifications;
  readonly #handoff: Handoff;
  #link: Link;
  #mode: VoiceMode;
  #openedAtMs = 0;
  /** Tries to reconnect since the last good connection. */
  #tries = 0;

  constructor(options: VoiceSessionOptions, wire: RealtimeWire) {
    this.#options = options;
    this.#mode = options.mode;
    const { thread, realtimeSessionId, newId } = options;
    this.#segments = segmentsOf(thread, realtimeSessionId, newId);
    this.#notifications = new SessionNotifications(thread.id, thread.tell);
    this.#handoff = new Handoff({
      thread,
      session: () => (this.#link.phase === 'open' ? this.#link.session : undefined),
      handBack: options.handBack,
      followUp: () => this.#mode.followUp ?? 'steer',
      later: (input) => {
        this.give(input);
      },
    });
    this.#link = { phase: 'open', session: this.#talkOver(wire, options.configure('start')) };
  }

  /** To be called once clients know of the session: what the agent waits for is asked. */
  askOpenQuestions(): void {
    if (this.#link.phase === 'open') this.#handoff.connected();
  }

  give(input: VoiceInput): void {
    if (this.#link.phase === 'reopening') this.#link.waiting.add(input);
    if (this.#link.phase !== 'open') return;
    const { session } = this.#link;
    switch (input.type) {
      case 'audio':
        session.appendAudio(input.base64);
        return;
      case 'speech':
        session.sendMessage(backendMessage(input.text));
        session.requestResponse(aloud(this.#mode));
        return;
      case 'text':
        this.#giveText(session, input);
    }
  }

  /** Goes on in another way, also over connections to come. */
  change(change: Partial<VoiceMode>): void {
    const before = this.#mode;
    this.#mode = { ...before, ...change };
    const changes = changesBetween(before, this.#mode);
    if (this.#link.phase === 'open' && changes !== undefined) this.#link.session.change(changes);
    this.#notifications.mode(this.#mode);
  }

  /** The voice was cut off, when so much of it had been heard. */
  interrupt(heard: readonly Heard[]): void {
    this.#options.onReport();
    if (this.#link.phase === 'open') this.#link.session.interrupt(heard);
  }

  /** Says again where the connection stands, when something else made clients think otherwise. */
  retellStage(): void {
    this.#notifications.retellStage();
  }

  stop(): void {
    if (this.#link.phase === 'open') this.#link.session.stop();
    if (this.#link.phase !== 'reopening') return;
    this.#link.reopening.cancel();
    this.#end({ reason: 'requested', closeCode: 1000, detail: 'done' });
  }

  #giveText(
    session: RealtimeSession,
    { role, text, respond, itemId }: VoiceInput & { type: 'text' },
  ): void {
    // Said again under the id it has already: the client could not know that it had arrived.
    if (itemId !== undefined && !this.#segments.claim(itemId)) return;
    if (role === 'user') {
      session.sendMessage(typedMessage(text, itemId));
      if (text.trim() !== '') this.#segments.typed(text, itemId);
    } else {
      session.sendMessage({ role, text, itemId });
    }
    if (respond) session.requestResponse();
  }

  #talkOver(wire: RealtimeWire, config: (mode: VoiceMode) => SessionConfig): RealtimeSession {
    const { clock, media } = this.#options;
    this.#openedAtMs = clock.nowMs();
    const over = new AbortController();
    const pace = this.#options.thread.readerPace(over.signal);
    const session = new RealtimeSession({
      wire,
      config: config(this.#mode),
      media,
      clock,
      onEvent: (event) => {
        this.#onEvent(session, this.#options.goneModels.explain(event));
        if (event.type === 'closed') over.abort();
        const pause = event.type === 'audio' ? pace.pause() : undefined;
        if (pause !== undefined) wire.hold?.(pause);
      },
    });
    return session;
  }

  #onEvent(session: RealtimeSession, event: SessionEvent): void {
    switch (event.type) {
      case 'configured':
        this.#notifications.configured(this.#mode, event.expiresAtSeconds);
        return;
      case 'functionCall':
        this.#handoff.take(session, event.call);
        return;
      case 'queue':
        this.#notifications.queue(event.phase, event.waiting);
        return;
      case 'inputDropped':
        this.#notifications.dropped(event.chunks);
        return;
      case 'cut':
        this.#segments.heard(event.itemId, event.heardMs);
        return;
      case 'truncated':
        this.#segments.heard(event.itemId, event.audioEndMs);
        this.#tell(event);
        return;
      case 'reconnecting':
        this.#notifications.stage('reconnecting', { attempt: event.attempt, detail: event.detail });
        return;
      case 'reconnected':
        this.#notifications.stage('configuring');
        return;
      case 'speechStarted':
        if (this.#mode.interruption === 'on' && !this.#options.listenerReports())
          session.spokenInto();
        this.#tell(event);
        return;
      case 'transcriptDelta':
      case 'transcriptDone':
      case 'transcriptFailed':
        this.#tell({ ...event, segmentId: this.#segments.take(event) });
        return;
      case 'malformed':
        this.#notifications.unreadable(event.eventType);
        return;
      case 'closed':
        this.#onClosed(session, event.end);
        return;
      case 'audio':
      case 'inputCommitted':
      case 'itemAdded':
      case 'legacyCancelled':
      case 'outputBuffer':
      case 'phrases':
      case 'rateLimits':
      case 'responseEnded':
      case 'responseStalled':
      case 'responseStarted':
      case 'serverError':
      case 'speechStopped':
        this.#tell(event);
    }
  }

  #tell(event: ReportedEvent): void {
    const { thread } = this.#options;
    for (const [method, params] of notificationsOf(thread.id, event)) thread.tell(method, params);
  }

  #onClosed(session: RealtimeSession, end: SessionEnd): void {
    this.#handoff.forgetCalls();
    this.#segments.close();
    const tail = transcriptTail(session.takeTranscript());
    if (tail !== undefined && this.#options.keepsTail) this.#options.thread.addHistory(tail);
    this.#notifications.close();
    const { reopen, clock, configure } = this.#options;
    if (reopen === undefined || end.reason === 'requested') {
      this.#end(end);
      return;
    }
    const detail = end.detail === '' ? `closed with code ${end.closeCode}` : end.detail;
    if (clock.nowMs() - this.#openedAtMs >= GOOD_CONNECTION_MS) this.#tries = 0;
    const waiting = new PendingInput();
    const reopening = new Reconnect({
      clock,
      triesBefore: this.#tries,
      open: reopen,
      onTry: (attempt) => {
        this.#tries = attempt;
        this.#notifications.stage('reconnecting', { attempt, detail });
      },
      onOpened: (wire) => {
        this.#goOn(wire);
      },
      onGivenUp: (failure) => {
        const { sounds, words } = waiting.giveUp();
        if (sounds > 0) this.#notifications.dropped(sounds);
        if (words > 0) this.#notifications.warn(`${words} written messages were not delivered.`);
        this.#end(
          failure === undefined
            ? { ...end, reason: 'error', detail }
            : { reason: 'error', closeCode: end.closeCode, detail: errorText(failure) },
        );
      },
    });
    this.#link = { phase: 'reopening', reopening, config: configure('drop'), waiting };
    reopening.start();
  }

  #goOn(wire: RealtimeWire): void {
    if (this.#link.phase !== 'reopening') {
      wire.close(1000, 'no longer wanted');
      return;
    }
    const { waiting, config } = this.#link;
    this.#link = { phase: 'open', session: this.#talkOver(wire, config) };
    this.#notifications.stage('configuring');
    this.#handoff.connected();
    for (const input of waiting.take()) this.give(input);
    if (waiting.dropped > 0) this.#notifications.dropped(waiting.dropped);
  }

  #end(end: SessionEnd): void {
    if (this.#link.phase === 'ended') return;
    this.#link = { phase: 'ended' };
    this.#handoff.close();
    const { thread, newId, realtimeSessionId } = this.#options;
    const item = {
      id: newId(),
      realtimeSessionId,
      type: 'realtimeSessionClosed' as const,
      outcome: end.reason === 'error' ? ('failed' as const) : ('ended' as const),
    };
    if (end.reason === 'error') this.#notifications.broken(end);
    addTimelineItem(thread, item);
    this.#options.onEnded(this);
    this.#notifications.closed(end);
  }
}
