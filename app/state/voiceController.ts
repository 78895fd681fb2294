import { errorText } from '../../core/base/index.ts';
import {
  type AppServerClient,
  ConnectionClosedError,
  type ServerNotification,
} from '../../core/protocol/index.ts';
import type { PlayPosition, VoiceMedia } from '../media/index.ts';
import { MicrophoneControl } from './microphoneControl.ts';
import { Playback } from './playback.ts';
import { noFacts, type SessionFacts, stepFacts } from './sessionFacts.ts';
import type { Settings } from './settings.ts';
import { Store } from './store.ts';
import {
  isVoiceOn,
  stepVoice,
  type Trouble,
  type VoiceInput,
  voiceOff,
  type VoiceState,
} from './voice.ts';
import { choicesOf } from './voiceChoices.ts';
import { VoiceSession } from './voiceSession.ts';
import { closeTrouble, startTrouble } from './voiceTrouble.ts';

export type VoiceDeps = {
  readonly client: () => AppServerClient | undefined;
  readonly ensureThread: () => Promise<string>;
  readonly settings: Store<Settings>;
  readonly createMedia: () => VoiceMedia;
  readonly nowMs: () => number;
  /** Something that was asked for did not work, while the conversation goes on. */
  readonly report: (message: string, hint?: string) => void;
};

type VoiceNotice = Extract<ServerNotification, { method: `thread/realtime/${string}` }>;

type NoticeParams<Name extends string> = Extract<
  VoiceNotice,
  { method: `thread/realtime/${Name}` }
>['params'];

/** One voice conversation at a time: microphone, loudspeaker and the session between them. */
export class VoiceController {
  readonly state = new Store<VoiceState>(voiceOff);
  readonly facts = new Store<SessionFacts>(noFacts);
  readonly microphone = new MicrophoneControl();
  readonly playback = new Playback();
  readonly #deps: VoiceDeps;
  #session: VoiceSession | undefined;

  constructor(deps: VoiceDeps) {
    this.#deps = deps;
    deps.settings.subscribe(() => {
      this.#followChoices();
    });
  }

  /** Opens the microphone and starts the session. Troubles end up in `state`, never as a rejection. */
  async start(): Promise<void> {
    if (this.#session !== undefined) return;
    const media = this.#deps.createMedia();
    const session = new VoiceSession(media, this.#deps.client);
    this.#session = session;
    this.#step({ type: 'startPressed' });
    this.#wire(session);
    try {
      const device = await media.open(this.#deps.settings.getSnapshot().microphoneId);
      if (this.#session !== session) return;
      this.microphone.use(device);
      this.#step({ type: 'microphoneOpened' });
      await this.#request(session);
    } catch (error) {
      if (this.#session !== session) return;
      this.#fail(startTrouble(error));
    }
  }

  /** Ends the conversation and lets go of the microphone; the thread goes on in writing. */
  async end(): Promise<void> {
    const session = this.#session;
    if (session === undefined) {
      this.#step({ type: 'endPressed' });
      return;
    }
    const cut = this.#startCut();
    this.#session = undefined;
    this.#step({ type: 'endPressed' });
    await cut;
    const stopped = session.stop().catch(ignoreClosed);
    this.#release(session);
    await stopped;
  }

  /** Stops the voice, not the session. False when there was nothing to stop. */
  interrupt(): boolean {
    const cut = this.#startCut();
    void cut;
    return cut !== undefined;
  }

  /** The same, resolving when the engine knows; at once when there was nothing to stop. */
  async silence(): Promise<void> {
    await this.#startCut();
  }

  #startCut(): Promise<void> | undefined {
    const session = this.#session;
    const state = this.state.getSnapshot();
    if (session?.isReachable !== true || state.phase !== 'live') return undefined;
    if (!this.playback.hasUnheard && !state.playing && state.responseId === undefined)
      return undefined;
    return this.#cut(session).catch(ignoreClosed);
  }

  /** Lets Parley say written words; does nothing where no session runs. */
  async readAloud(text: string): Promise<void> {
    try {
      await this.#session?.readAloud(text);
    } catch (error) {
      this.#deps.report(`Could not read it aloud: ${errorText(error)}`);
    }
  }

  /** Takes another microphone, live when a conversation runs; keeps the old one when that fails. */
  async chooseMicrophone(id: string | null): Promise<void> {
    this.#deps.settings.update((settings) => ({ ...settings, microphoneId: id }));
    const session = this.#session;
    if (session !== undefined) await this.microphone.swap(session.media, id);
  }

  /** The engine went away: what is said now is kept for a while. */
  connectionLost(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.outbox.hold();
    void session.media.clear().then((position) => {
      this.#position(position);
      this.playback.drop();
      return undefined;
    });
    this.playback.strip.cleared();
    this.#step({ type: 'connectionLost' });
  }

  /** The engine stayed away: nobody should go on talking into an open microphone. */
  giveUp(): void {
    if (this.state.getSnapshot().phase !== 'reconnecting') return;
    this.#fail({
      message: 'The connection did not come back, so the microphone was closed.',
      hint: 'Talk again when it has.',
    });
  }

  /** The engine is back: the same conversation goes on in a new session. */
  async resume(): Promise<void> {
    const session = this.#session;
    if (session === undefined || this.state.getSnapshot().phase !== 'reconnecting') return;
    this.#step({ type: 'startPressed' });
    this.#step({ type: 'microphoneOpened' });
    try {
      await this.#request(session);
    } catch (error) {
      if (this.#session !== session) return;
      this.#fail(startTrouble(error));
    }
  }

  /** Takes a notification of the open thread. */
  notify(notice: VoiceNotice): void {
    const session = this.#session;
    this.facts.update((facts) => stepFacts(facts, notice, this.#deps.nowMs()));
    switch (notice.method) {
      case 'thread/realtime/stage':
        this.#stage(notice.params);
        return;
      case 'thread/realtime/started':
        if (session === undefined) return;
        this.#step({ type: 'sessionStarted' });
        session.outbox.open();
        this.#followChoices();
        return;
      case 'thread/realtime/speech/started':
        this.#step({ type: 'speechStarted' });
        if (this.#deps.settings.getSnapshot().interruption === 'on' && this.playback.hasUnheard)
          this.interrupt();
        return;
      case 'thread/realtime/speech/stopped':
        this.#step({ type: 'speechStopped' });
        return;
      case 'thread/realtime/input/committed':
        this.#step({ type: 'turnTaken' });
        return;
      case 'thread/realtime/response/started':
        this.#step({ type: 'responseStarted', responseId: notice.params.responseId });
        return;
      case 'thread/realtime/response/completed':
        this.#step({ type: 'responseCompleted', responseId: notice.params.responseId });
        return;
      case 'thread/realtime/outputAudio/delta':
        if (session !== undefined) this.#play(session, notice.params.audio);
        return;
      case 'thread/realtime/error':
        if (session !== undefined) this.#faulted(session, notice.params);
        return;
      case 'thread/realtime/closed':
        this.#closed(session, notice.params);
        return;
      default:
    }
  }

  #stage({ stage, detail, attempt }: NoticeParams<'stage'>): void {
    if (stage !== 'reconnecting') {
      this.#step({ type: 'stageReached', stage });
      return;
    }
    // What ended the old connection has been dealt with and would not explain a later end.
    if (this.#session !== undefined) this.#session.fault = undefined;
    const relink = { cause: detail ?? undefined, attempt: attempt ?? undefined };
    this.#step({ type: 'relinkTried', relink });
  }

  #faulted(session: VoiceSession, { message, fatal }: NoticeParams<'error'>): void {
    if (fatal === false) return;
    session.fault = { message, hint: 'Start again, or go on by typing.' };
    // A running session may go on in a new connection; the engine closes it when it cannot.
    if (fatal === true && this.state.getSnapshot().phase === 'starting') this.#fail(session.fault);
  }

  #closed(session: VoiceSession | undefined, closed: NoticeParams<'closed'>): void {
    const trouble = closeTrouble(closed, session?.fault);
    this.#step({ type: 'sessionClosed', trouble });
    if (session === undefined || isVoiceOn(this.state.getSnapshot())) return;
    this.#session = undefined;
    this.#release(session);
  }

  /** Tells the running session what the user has chosen since it was last told. */
  #followChoices(): void {
    const session = this.#session;
    if (session?.isReachable !== true || this.state.getSnapshot().phase !== 'live') return;
    const choices = choicesOf(this.#deps.settings.getSnapshot());
    const news = session.news(choices);
    if (news === undefined) return;
    if (news.quiet === true || news.outputModality === 'text') this.interrupt();
    session.tell(choices).catch((error: unknown) => {
      this.#deps.report(
        `Could not switch: ${errorText(error)}`,
        'It will hold from the next start.',
      );
    });
  }

  async #request(session: VoiceSession): Promise<void> {
    const threadId = await this.#deps.ensureThread();
    if (this.#session !== session) return;
    await session.request(threadId, choicesOf(this.#deps.settings.getSnapshot()));
  }

  #wire(session: VoiceSession): void {
    session.media.on('frame', (frame) => {
      if (this.#session !== session) return;
      this.microphone.gate(frame);
      this.playback.strip.captured(frame);
      session.outbox.push(frame);
    });
    session.media.on('position', (position) => {
      if (this.#session === session) this.#position(position);
    });
    session.media.on('microphoneLost', () => {
      if (this.#session === session)
        void this.microphone.fallBack(session.media, () => this.#session === session);
    });
  }

  #position(position: PlayPosition): void {
    this.playback.positioned(position);
    this.#step({ type: 'playingChanged', playing: position.playing });
  }

  #play(session: VoiceSession, audio: NoticeParams<'outputAudio/delta'>['audio']): void {
    // An answer that was asked for before quiet was chosen may still come with sound.
    if (this.#deps.settings.getSnapshot().quiet) return;
    const trouble = this.playback.play(session.media, audio);
    if (trouble !== undefined) this.#fail(trouble);
  }

  async #cut(session: VoiceSession): Promise<void> {
    const state = this.state.getSnapshot();
    const responseId = state.phase === 'live' ? state.responseId : undefined;
    await session.interrupt(await this.playback.cut(session.media, responseId));
  }

  #fail(trouble: Trouble): void {
    this.#step({ type: 'failed', trouble });
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    session.stop().catch(ignoreClosed);
    this.#release(session);
  }

  #release(session: VoiceSession): void {
    session.release();
    this.playback.drop();
    this.microphone.release();
  }

  #step(input: VoiceInput): void {
    this.state.update((state) => stepVoice(state, input));
  }
}

function ignoreClosed(error: unknown): void {
  // A session that is already gone has nothing left to stop.
  if (!(error instanceof ConnectionClosedError)) reportError(error);
}
