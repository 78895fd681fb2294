import type { SessionConfig } from '../../realtime/session/index.ts';
import type { RealtimeWire } from '../../realtime/transport/index.ts';
import { type Clock, errorText, type NewId } from '../base/index.ts';
import type { ThreadRealtimeStartParams } from '../protocol/index.ts';
import { invalidRequest } from '../rpc/index.ts';
import type { SessionTelemetry } from '../telemetry/index.ts';
import type { LiveThread } from '../threads/index.ts';
import {
  recentTalk,
  sessionInstructions,
  type VoiceSettings,
  voiceEndedNote,
  voiceStartedNote,
} from './instructions.ts';
import { GoneModels } from './goneModels.ts';
import {
  handBackOf,
  keepsTail,
  languageOf,
  modeOf,
  promisesReports,
  startProblem,
} from './startChoices.ts';
import { loadVoiceSession } from './loadVoiceSession.ts';
import type { VoiceSession } from './voiceSession.ts';
import {
  type CallsPort,
  connectVoice,
  type Listener,
  type VoiceConnection,
  type WireTarget,
} from './connection/index.ts';
import { tellTimelineItem } from './timelineItems.ts';
import { conversationConfig, type VoiceMode } from './voiceMode.ts';
import { type VoiceInput, PendingInput } from './pendingInput.ts';

type NewSession = { readonly listener: Listener; readonly realtimeSessionId: string };

export type VoicePorts = {
  readonly thread: LiveThread;
  readonly settings: VoiceSettings;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly telemetry: Pick<SessionTelemetry, 'event'>;
  /** Opens a wire to the provider's Realtime server. Throws a ProductError in plain words. */
  readonly connect: (target: WireTarget) => Promise<RealtimeWire>;
  readonly calls: CallsPort;
};

const DICTATION_TEXT =
  'This voice session only writes down what is said (realtime.type is "transcription"): it answers and says nothing.';

/** One try to get a session; everything after an `await` checks that it is still the current one. */
type Attempt = { readonly abort: AbortController; readonly waiting: PendingInput };

/**
 * A thread's voice. At most one session is live; starting again opens the new session first and
 * ends the old one then, so a failed start costs nothing (realtime-v2 §19.13). Connecting never
 * holds up the thread: typed turns go on meanwhile.
 */
export class VoiceConversation {
  readonly #ports: VoicePorts;
  #attempt: Attempt | undefined;
  #live: VoiceSession | undefined;
  #endInstructions: string | undefined;
  #lastSessionId: string | undefined;
  /** A client has said what was heard, once at least; such a client says it every time. */
  #listenerHasReported = false;

  constructor(ports: VoicePorts) {
    this.#ports = ports;
  }

  get isRunning(): boolean {
    return this.#live !== undefined || this.#attempt !== undefined;
  }

  /** The session that runs, or the one that ran last since the thread was loaded. */
  get lastSessionId(): string | undefined {
    return this.#lastSessionId;
  }

  /** Returns what is to be done once the request has been answered. */
  start(params: ThreadRealtimeStartParams): () => void {
    return () => {
      void this.#open(params);
    };
  }

  /**
   * False when no session runs or is being opened; what comes while one opens is kept for it. Throws
   * the protocol's refusal where dictation is asked to say something.
   */
  give(input: VoiceInput): boolean {
    const isAnswerWanted = input.type === 'speech' || (input.type === 'text' && input.respond);
    if (isAnswerWanted && this.isRunning && this.#isDictation) throw invalidRequest(DICTATION_TEXT);
    if (this.#attempt !== undefined) {
      this.#attempt.waiting.add(input);
      return true;
    }
    this.#live?.give(input);
    return this.#live !== undefined;
  }

  /** The session that is live; throws the protocol's refusal when none is. */
  running(): VoiceSession {
    if (this.#live === undefined) throw invalidRequest('no realtime conversation is running');
    return this.#live;
  }

  /** Ends what runs and gives up what is being opened; `closed` follows in every case (realtime-v2 §2.3). */
  stop(): void {
    const { thread } = this.#ports;
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.abort.abort();
    if (this.#live === undefined) {
      thread.tell('thread/realtime/closed', { threadId: thread.id, reason: 'requested' });
      this.#milestone('thread/realtime/closed');
      return;
    }
    this.#live.stop();
  }

  get #isDictation(): boolean {
    return this.#ports.settings.type === 'transcription';
  }

  async #open(params: ThreadRealtimeStartParams): Promise<void> {
    const { thread, settings } = this.#ports;
    const threadId = thread.id;
    const problem = startProblem(params, settings);
    if (problem !== undefined) {
      this.#refuse(problem, new PendingInput());
      return;
    }
    const before = this.#attempt;
    before?.abort.abort();
    // What was meant for a start that is being replaced is meant for its successor.
    const waiting = before?.waiting ?? new PendingInput();
    const attempt: Attempt = { abort: new AbortController(), waiting };
    this.#attempt = attempt;
    const target: NewSession = {
      listener: this.#isDictation
        ? { kind: 'transcription' }
        : { kind: 'model', model: params.model ?? settings.model },
      realtimeSessionId: params.realtimeSessionId ?? params.sessionId ?? threadId,
    };
    thread.tell('thread/realtime/stage', { threadId, stage: 'connecting' });
    const { signal } = attempt.abort;
    const onRetry = (tries: number, detail: string): void => {
      const stage = { stage: 'connecting', attempt: tries, detail } as const;
      thread.tell('thread/realtime/stage', { threadId, ...stage });
    };
    // Most of voice comes with the first session, and while that is being connected.
    const [connected, loaded] = await Promise.allSettled([
      connectVoice(this.#ports, params.transport, { ...target, signal, onRetry }, () =>
        this.#configure(params, 'start')(modeOf(params)),
      ),
      loadVoiceSession(),
    ]);
    const isCurrent = this.#attempt === attempt;
    if (isCurrent) this.#attempt = undefined;
    if (connected.status === 'rejected') {
      if (isCurrent) this.#refuse(this.#goneModels(target).describe(connected.reason), waiting);
      return;
    }
    const { value: connection } = connected;
    if (!isCurrent || loaded.status === 'rejected') {
      connection.wire.close(1000, 'no longer wanted');
      if (isCurrent && loaded.status === 'rejected')
        this.#refuse(errorText(loaded.reason), waiting);
      return;
    }
    const replaced = this.#live;
    this.#live = undefined;
    replaced?.stop();
    this.#begin(loaded.value, params, target, connection);
    for (const input of waiting.take()) this.give(input);
    const { dropped } = waiting;
    if (dropped === 0) return;
    const message = `Connecting took so long that ${dropped} pieces of microphone sound were dropped.`;
    thread.tell('thread/realtime/warning', { threadId, message });
  }

  /** A start came to nothing. What was given meanwhile goes to the session that runs on, if one does. */
  #refuse(cause: string, waiting: PendingInput): void {
    const { thread } = this.#ports;
    const live = this.#live;
    const inputs = waiting.take();
    const lost = waiting.dropped + (live === undefined ? inputs.length : 0);
    const message =
      lost === 0 ? cause : `${cause}. ${lost} pieces of what was said meanwhile were lost.`;
    thread.tell('thread/realtime/error', {
      threadId: thread.id,
      message,
      fatal: live === undefined,
    });
    if (live === undefined) return;
    for (const input of inputs) live.give(input);
    live.retellStage();
  }

  #goneModels({ listener }: NewSession): GoneModels {
    const { modelAdvice, transcriptionModel: transcription } = this.#ports.settings;
    const voice = listener.kind === 'model' ? listener.model : undefined;
    return new GoneModels(modelAdvice, { voice, transcription });
  }

  #begin(
    Session: typeof VoiceSession,
    params: ThreadRealtimeStartParams,
    { realtimeSessionId, listener }: NewSession,
    { wire, transport, callId, answerSdp }: VoiceConnection,
  ): void {
    const { thread, settings, clock, newId, connect } = this.#ports;
    const threadId = thread.id;
    this.#lastSessionId = realtimeSessionId;
    const isCall = transport !== 'websocket';
    this.#endInstructions = params.realtimeEndInstructions ?? undefined;
    const item = { id: newId(), realtimeSessionId, type: 'realtimeSessionStarted' as const };
    // What clients are told below waits for the disk, which needs no longer than all that is done until then.
    thread.addRealtimeItem(item);
    thread.commit();
    this.#live = new Session(
      {
        thread,
        realtimeSessionId,
        configure: (after) => this.#configure(params, after),
        mode: modeOf(params),
        media: isCall ? 'call' : 'wire',
        listenerReports: () => promisesReports(params) || this.#listenerHasReported,
        onReport: () => {
          this.#listenerHasReported = true;
        },
        handBack: handBackOf(params, settings.type),
        keepsTail: keepsTail(params, settings.type),
        clock,
        newId,
        reopen:
          params.reconnect === true && !isCall
            ? async (signal) => connect({ ...listener, realtimeSessionId, signal })
            : undefined,
        goneModels: this.#goneModels({ realtimeSessionId, listener }),
        onEnded: (ended) => {
          this.#ended(ended);
        },
      },
      wire,
    );
    if (!this.#isDictation) {
      const instructions = params.realtimeStartInstructions ?? settings.startInstructions;
      thread.noteVoice(true, voiceStartedNote(instructions));
    }
    tellTimelineItem(thread, item);
    thread.tell('thread/realtime/started', {
      threadId,
      sessionId: realtimeSessionId,
      realtimeSessionId,
      version: 'v2',
      sessionType: settings.type,
      model: listener.kind === 'model' ? listener.model : settings.transcriptionModel,
      modelProvider: thread.settings.modelProvider,
      transport,
      callId,
    });
    if (answerSdp !== undefined) thread.tell('thread/realtime/sdp', { threadId, sdp: answerSdp });
    thread.tell('thread/realtime/stage', { threadId, stage: 'configuring' });
    // A line of the log is a call of the system, which nobody who waits for the session should wait for.
    thread.inOrder(() => {
      this.#milestone('thread/realtime/started');
    });
    this.#live.askOpenQuestions();
  }

  #ended(ended: VoiceSession): void {
    this.#milestone('thread/realtime/closed');
    // A session that is being replaced is not the end of voice in this thread.
    if (this.#live !== ended) return;
    this.#live = undefined;
    if (this.#isDictation) return;
    this.#ports.thread.noteVoice(false, voiceEndedNote(this.#endInstructions));
  }

  /** What of a voice session its telemetry keeps. */
  #milestone(name: 'thread/realtime/started' | 'thread/realtime/closed'): void {
    this.#ports.telemetry.event(name);
  }

  #configure(
    params: ThreadRealtimeStartParams,
    after: 'start' | 'drop',
  ): (mode: VoiceMode) => SessionConfig {
    const { settings, thread } = this.#ports;
    const { transcriptionModel, speed, hearsPhrases: tellsPhrases } = settings;
    const language = languageOf(params, settings);
    const heard = { transcriptionModel, language, tellsPhrases };
    if (this.#isDictation) return () => ({ type: 'transcription', ...heard });
    const instructions = sessionInstructions(
      params,
      settings,
      recentTalk(thread.conversation),
      after,
    );
    const voice = params.voice ?? settings.voice ?? settings.voices.default;
    return (mode) => conversationConfig(mode, { instructions, voice, speed, ...heard });
  }
}
