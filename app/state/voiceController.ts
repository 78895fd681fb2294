import { errorText } from '../../core/base/index.ts';
import {
  type AppServerClient,
  ConnectionClosedError,
  type ServerNotification,
} from '../../core/protocol/index.ts';
import {
  decodePcm,
  type PlayPosition,
  SAMPLE_RATE_HZ,
  samplesToMs,
  StripTimeline,
  type VoiceMedia,
} from '../media/index.ts';
import {
  acceptsAudio,
  audioPlayed,
  audioReceived,
  cutAll,
  type Heard,
  nothingHeard,
  pendingMs,
  unfinishedItems,
} from './heard.ts';
import { AudioOutbox } from './outbox.ts';
import { MicrophoneControl } from './microphoneControl.ts';
import type { Settings } from './settings.ts';
import { Store } from './store.ts';
import {
  isVoiceOn,
  type StartStage,
  stepVoice,
  type Trouble,
  type VoiceInput,
  voiceOff,
  type VoiceState,
} from './voice.ts';
import { closeTrouble, startTrouble } from './voiceTrouble.ts';

export type VoiceDeps = {
  readonly client: () => AppServerClient | undefined;
  readonly ensureThread: () => Promise<string>;
  readonly settings: Store<Settings>;
  readonly createMedia: () => VoiceMedia;
};

type VoiceNotice = Extract<ServerNotification, { method: `thread/realtime/${string}` }>;

type Session = {
  readonly media: VoiceMedia;
  readonly outbox: AudioOutbox;
  threadId: string | undefined;
  fault: Trouble | undefined;
};

/** One voice conversation at a time: microphone, loudspeaker and the session between them. */
export class VoiceController {
  readonly state = new Store<VoiceState>(voiceOff);
  readonly heard = new Store<Heard>(nothingHeard);
  readonly microphone = new MicrophoneControl();
  readonly strip = new StripTimeline();
  readonly #deps: VoiceDeps;
  #session: Session | undefined;

  constructor(deps: VoiceDeps) {
    this.#deps = deps;
  }

  /** Opens the microphone and starts the session. Troubles end up in `state`, never as a rejection. */
  async start(): Promise<void> {
    if (this.#session !== undefined) return;
    const media = this.#deps.createMedia();
    const session: Session = {
      media,
      outbox: new AudioOutbox((chunk) => {
        this.#sendAudio(session, chunk);
      }),
      threadId: undefined,
      fault: undefined,
    };
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
    this.#session = undefined;
    this.#step({ type: 'endPressed' });
    const client = this.#deps.client();
    const { threadId } = session;
    if (client !== undefined && threadId !== undefined) {
      await this.#cut(session, client, threadId);
      await client.request('thread/realtime/stop', { threadId }).catch(ignoreClosed);
    }
    this.#release(session);
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
    const client = this.#deps.client();
    const state = this.state.getSnapshot();
    if (session?.threadId === undefined || client === undefined || state.phase !== 'live')
      return undefined;
    const unheard = unfinishedItems(this.heard.getSnapshot()).length > 0;
    if (!unheard && !state.playing && state.responseId === undefined) return undefined;
    return this.#cut(session, client, session.threadId).catch(ignoreClosed);
  }

  /** Takes another microphone, live when a conversation runs; keeps the old one when that fails. */
  async chooseMicrophone(id: string | null): Promise<void> {
    this.#deps.settings.update((settings) => ({ ...settings, microphoneId: id }));
    const session = this.#session;
    if (session === undefined) return;
    try {
      const device = await session.media.swap(id);
      this.microphone.use(device);
    } catch (error) {
      this.microphone.report(`${errorText(error)} The one before is still in use.`);
    }
  }

  /** The engine went away: what is said now is kept for a while. */
  connectionLost(): void {
    const session = this.#session;
    if (session === undefined) return;
    session.outbox.hold();
    void session.media.clear().then((position) => {
      this.#position(position);
      this.heard.update((heard) => cutAll(heard, undefined));
      return undefined;
    });
    this.strip.cleared();
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
    switch (notice.method) {
      case 'thread/realtime/stage':
        this.#stage(notice.params.stage);
        return;
      case 'thread/realtime/started':
        if (session === undefined) return;
        this.#step({ type: 'sessionStarted' });
        session.outbox.open();
        return;
      case 'thread/realtime/speech/started':
        this.#step({ type: 'speechStarted' });
        if (unfinishedItems(this.heard.getSnapshot()).length > 0) this.interrupt();
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
        if (session !== undefined) {
          session.fault = {
            message: notice.params.message,
            hint: 'Start again, or go on by typing.',
          };
          if (notice.params.fatal === true) this.#fail(session.fault);
        }
        return;
      case 'thread/realtime/closed':
        this.#closed(session, notice.params);
        return;
      default:
    }
  }

  #stage(stage: StartStage | 'reconnecting'): void {
    if (stage === 'reconnecting') this.#step({ type: 'relinkBegun' });
    else this.#step({ type: 'stageReached', stage });
  }

  #closed(
    session: Session | undefined,
    closed: Extract<VoiceNotice, { method: 'thread/realtime/closed' }>['params'],
  ): void {
    const trouble = closeTrouble(closed, session?.fault);
    this.#step({ type: 'sessionClosed', trouble });
    if (session === undefined || isVoiceOn(this.state.getSnapshot())) return;
    this.#session = undefined;
    this.#release(session);
  }

  async #request(session: Session): Promise<void> {
    const threadId = await this.#deps.ensureThread();
    const client = this.#deps.client();
    if (this.#session !== session) return;
    if (client === undefined) throw new ConnectionClosedError('thread/realtime/start');
    session.threadId = threadId;
    session.fault = undefined;
    await client.request('thread/realtime/start', {
      threadId,
      outputModality: this.#deps.settings.getSnapshot().output,
      transport: { type: 'websocket' },
      reconnect: true,
    });
  }

  #wire(session: Session): void {
    session.media.on('frame', (frame) => {
      if (this.#session !== session) return;
      this.microphone.gate(frame);
      this.strip.captured(frame);
      session.outbox.push(frame);
    });
    session.media.on('position', (position) => {
      if (this.#session === session) this.#position(position);
    });
    session.media.on('microphoneLost', () => {
      if (this.#session === session) void this.#fallBack(session);
    });
  }

  /** The chosen device is gone; the choice is kept for when it comes back. */
  async #fallBack(session: Session): Promise<void> {
    try {
      const device = await session.media.swap(null);
      if (this.#session !== session) return;
      this.microphone.use(device);
      this.microphone.report('The microphone went away. The default one is used now.');
    } catch (error) {
      if (this.#session !== session) return;
      this.microphone.report(`The microphone went away. ${errorText(error)} You can type.`);
    }
  }

  #position(position: PlayPosition): void {
    this.heard.update((heard) => audioPlayed(heard, position.playedMs));
    this.strip.positioned(pendingMs(this.heard.getSnapshot()), position.playing);
    this.#step({ type: 'playingChanged', playing: position.playing });
  }

  #play(
    session: Session,
    audio: Extract<VoiceNotice, { method: 'thread/realtime/outputAudio/delta' }>['params']['audio'],
  ): void {
    const itemId = audio.itemId ?? audio.responseId ?? 'unnamed-assistant';
    const responseId = audio.responseId ?? undefined;
    if (!acceptsAudio(this.heard.getSnapshot(), itemId, responseId)) return;
    if (audio.sampleRate !== SAMPLE_RATE_HZ || audio.numChannels !== 1) {
      this.#fail({
        message: `The voice model sent ${audio.sampleRate} Hz audio with ${audio.numChannels} channels; Parley plays 24000 Hz mono.`,
        hint: 'Switch to Write, or choose another voice model.',
      });
      return;
    }
    const samples = decodePcm(audio.data);
    if (samples === undefined || samples.length === 0) return;
    const ms = samplesToMs(samples.length);
    this.heard.update((heard) => audioReceived(heard, itemId, responseId, ms));
    this.strip.received(samples);
    session.media.play(itemId, samples);
  }

  async #cut(session: Session, client: AppServerClient, threadId: string): Promise<void> {
    const state = this.state.getSnapshot();
    const responseId = state.phase === 'live' ? state.responseId : undefined;
    this.strip.cleared();
    // Late audio is refused from this moment on, while the loudspeaker tells how far it got.
    const before = this.heard.getSnapshot();
    this.heard.update((heard) => ({ ...heard, refused: cutAll(before, responseId).refused }));
    const position = await session.media.clear();
    this.heard.update((heard) => audioPlayed(heard, position.playedMs));
    const heard = unfinishedItems(this.heard.getSnapshot());
    this.heard.update((known) => cutAll(known, responseId));
    await client.request('thread/realtime/interrupt', { threadId, heard: [...heard] });
  }

  #sendAudio(session: Session, chunk: { data: string; samplesPerChannel: number }): void {
    const client = this.#deps.client();
    if (client === undefined || session.threadId === undefined) return;
    const audio = { ...chunk, sampleRate: SAMPLE_RATE_HZ, numChannels: 1 };
    // A chunk that the session no longer takes is no news: the session's own end says why.
    client
      .request('thread/realtime/appendAudio', { threadId: session.threadId, audio })
      .catch(() => undefined);
  }

  #fail(trouble: Trouble): void {
    this.#step({ type: 'failed', trouble });
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const client = this.#deps.client();
    if (client !== undefined && session.threadId !== undefined)
      client.request('thread/realtime/stop', { threadId: session.threadId }).catch(() => undefined);
    this.#release(session);
  }

  #release(session: Session): void {
    session.outbox.hold();
    session.media.close();
    this.strip.cleared();
    this.heard.update((heard) => cutAll(heard, undefined));
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
