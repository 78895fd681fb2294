import {
  assertNever,
  type Clock,
  type Emitter,
  errorText,
  type Timer,
  type Unsubscribe,
} from '../../../core/base/index.ts';
import {
  type AppServerClient,
  type ClientEvents,
  ConnectionClosedError,
} from '../../../core/protocol/index.ts';
import type { VoiceCall, VoiceMedia } from '../../media/index.ts';
import { isOfThread } from '../connection/index.ts';
import { Playback } from '../playback/index.ts';
import { RecordingControl } from '../recording/index.ts';
import type { Settings } from '../settings.ts';
import { Store } from '../store.ts';
import type { UserError } from '../userError.ts';
import { ignoreClosed } from './conversationSound.ts';
import {
  isCall,
  noLink,
  type VoiceLinkState,
  idleMachine,
  type MachineEffect,
  type MachineInput,
  voiceOff,
  type VoiceState,
  startError,
  stepMachine,
  isVoiceNotice,
  type VoiceNotice,
} from './machine/index.ts';
import { MicrophoneControl } from './microphoneControl.ts';
import { noFacts, type SessionFacts, stepFacts } from './sessionFacts.ts';
import { choicesOf, microphoneChoiceOf } from './voiceChoices.ts';
import type { StopListening } from './stopWord/index.ts';
import { VoiceConversation } from './voiceConversation.ts';
import { VoiceSession } from './voiceSession.ts';

/** What the voice needs of the page: media, the engine's client, and time. */
export type VoicePorts = {
  readonly createMedia: () => VoiceMedia;
  readonly client: () => AppServerClient | undefined;
  readonly clock: Clock;
  /** What the user speaks, as a tag. */
  readonly language: string;
  readonly settings: Store<Settings>;
  readonly ensureThread: () => Promise<string>;
  /** Calls back when the network came back or the computer woke up. */
  readonly watchNetwork: (onChange: () => void) => Unsubscribe;
  /** What the engine says. */
  readonly events: Pick<Emitter<ClientEvents>, 'on'>;
  readonly openThread: () => string | undefined;
  /**
   * Something that was asked for did not work, while the conversation goes on. False when the same has
   * been said already.
   */
  readonly report: (message: string, hint?: string) => boolean;
  /** Says something once to who cannot see it. */
  readonly announce: (text: string) => void;
};

/** Carries out what `stepMachine` decides of the voice, and tells it what happened. */
export class VoiceDriver {
  readonly state = new Store<VoiceState>(voiceOff);
  /** How the sound travels. */
  readonly link = new Store<VoiceLinkState>(noLink);
  readonly facts = new Store<SessionFacts>(noFacts);
  readonly microphone = new MicrophoneControl();
  readonly playback = new Playback();
  readonly recording: RecordingControl;
  /** Whether "stop" is listened for. */
  readonly stopListening = new Store<StopListening>('off');
  readonly #ports: VoicePorts;
  #machine = idleMachine;
  #conversation: VoiceConversation | undefined;
  #call: VoiceCall | undefined;
  #timer: Timer | undefined;

  constructor(ports: VoicePorts) {
    this.#ports = ports;
    this.recording = new RecordingControl(ports);
    ports.settings.subscribe(() => {
      this.#conversation?.followSettings();
    });
    this.microphone.state.subscribe(() => {
      this.#conversation?.session.media.setMicrophoneOpen(this.microphone.isOpen);
    });
    ports.watchNetwork(() => {
      void this.feed({ type: 'networkChanged' });
    });
    ports.events.on('notification', (notice) => {
      if (isOfThread(notice, ports.openThread()) && isVoiceNotice(notice)) this.#hear(notice);
    });
  }

  /** The conversation that has the microphone. */
  get conversation(): VoiceConversation | undefined {
    return this.#conversation;
  }

  /** Begins a conversation, unless one is running. */
  async begin(): Promise<void> {
    if (this.#machine.isRunning) return;
    const media = this.#ports.createMedia();
    const choice = microphoneChoiceOf(this.#ports.settings.getSnapshot());
    const { client, language } = this.#ports;
    const session = new VoiceSession(media, client, choice, language);
    this.#conversation = this.#conversationOver(session);
    await this.feed({ type: 'startPressed' });
  }

  /** The user ends the conversation; whoever asked lets go of what it holds. */
  async leave(): Promise<void> {
    this.#conversation = undefined;
    await this.feed({ type: 'endPressed' });
  }

  /** Something happened; resolves when what it led to is done. */
  async feed(input: MachineInput): Promise<void> {
    await this.#step(input).done;
  }

  #step(input: MachineInput): { readonly isTaken: boolean; readonly done: Promise<unknown> } {
    const { machine, effects, isTaken } = stepMachine(
      this.#machine,
      input,
      this.#ports.clock.nowMs(),
    );
    this.#machine = machine;
    this.link.update(() => machine.link);
    this.state.update(() => machine.voice);
    // Taken once: an effect may end the conversation, and the rest belongs to it all the same.
    const conversation = this.#conversation;
    const done = Promise.all(effects.map(async (effect) => this.#perform(effect, conversation)));
    return { isTaken, done };
  }

  #hear(notice: VoiceNotice): void {
    const { isTaken } = this.#step({ type: 'told', notice });
    // About a connection that is being replaced, which is no news for anybody.
    if (isTaken) return;
    this.facts.update((facts) => stepFacts(facts, notice, this.#ports.clock.nowMs()));
    this.#conversation?.sound.notify(notice);
    this.#tell(notice);
  }

  /** Says what went wrong; what ends the session is shown where the voice is started again. */
  #tell(notice: VoiceNotice): void {
    const { report, announce } = this.#ports;
    if (notice.method !== 'thread/realtime/warning' && notice.method !== 'thread/realtime/error')
      return;
    const { message } = notice.params;
    const isEnd = notice.method === 'thread/realtime/error' && notice.params.fatal !== false;
    if (isEnd || report(message)) announce(message);
  }

  async #perform(
    effect: MachineEffect,
    conversation: VoiceConversation | undefined,
  ): Promise<void> {
    switch (effect.type) {
      case 'closeCall':
        this.#call?.close();
        this.#call = undefined;
        return;
      case 'acceptAnswer':
        await this.#accept(effect.attempt, effect.sdp);
        return;
      case 'check':
        await this.#check(effect.attempt);
        return;
      case 'dropSound':
        this.playback.drop();
        return;
      case 'announce':
        this.#ports.announce(effect.text);
        return;
      case 'watchTime':
        this.#watchTime(effect);
        return;
      case 'openMicrophone':
      case 'findThread':
      case 'makeOffer':
      case 'requestSession':
      case 'stopSession':
      case 'routeSound':
      case 'followChoices':
      case 'release':
        if (conversation !== undefined) await this.#performIn(conversation, effect);
        return;
      default:
        assertNever(effect, 'effect');
    }
  }

  async #performIn(
    conversation: VoiceConversation,
    effect: Extract<
      MachineEffect,
      {
        type:
          | 'openMicrophone'
          | 'findThread'
          | 'makeOffer'
          | 'requestSession'
          | 'stopSession'
          | 'routeSound'
          | 'followChoices'
          | 'release';
      }
    >,
  ): Promise<void> {
    const { session } = conversation;
    switch (effect.type) {
      case 'openMicrophone':
        await this.#openMicrophone(conversation);
        return;
      case 'findThread':
        await this.#findThread(conversation);
        return;
      case 'makeOffer':
        await this.#offer(conversation, effect.attempt);
        return;
      case 'requestSession':
        await this.#request(conversation, effect);
        return;
      case 'stopSession':
        session.stop().catch(ignoreClosed);
        return;
      case 'routeSound':
        session.outbox.route(effect.way);
        return;
      case 'followChoices':
        conversation.followChoices();
        return;
      case 'release':
        if (this.#conversation === conversation) this.#conversation = undefined;
        void this.recording.finish();
        conversation.release();
        return;
      default:
        assertNever(effect, 'effect');
    }
  }

  async #openMicrophone({ session: { media } }: VoiceConversation): Promise<void> {
    const { run } = this.#machine;
    media.setMicrophoneOpen(this.microphone.isOpen);
    try {
      const device = await media.open(microphoneChoiceOf(this.#ports.settings.getSnapshot()));
      if (run === this.#machine.run && this.#machine.isRunning) this.microphone.use(device);
      await this.feed({ type: 'microphoneOpened', run });
    } catch (error) {
      await this.feed({ type: 'startFailed', run, error: startError(error) });
    }
  }

  async #findThread(conversation: VoiceConversation): Promise<void> {
    const { run } = this.#machine;
    try {
      conversation.threadId = await this.#ports.ensureThread();
      const policy = this.#ports.settings.getSnapshot().connection;
      await this.feed({ type: 'threadReady', run, policy });
    } catch (error) {
      await this.feed({ type: 'startFailed', run, error: startError(error) });
    }
  }

  async #offer({ session, sound }: VoiceConversation, attempt: number): Promise<void> {
    try {
      this.playback.call.begin(session.media, this.#ports.settings.getSnapshot().quiet);
      const call = session.media.openCall();
      this.#call = call;
      call.on('state', (state) => {
        // Our own hanging up is no news: the attempt it belonged to is over by then.
        if (state === 'connected' || state === 'disconnected')
          void this.feed({ type: state, attempt });
        else if (state !== 'connecting') void this.feed({ type: 'broke', attempt });
      });
      call.on('word', (word) => {
        if (this.#call === call) sound.callWord(word);
      });
      const sdp = await call.offer();
      await this.feed({ type: 'offerMade', attempt, sdp });
    } catch (error) {
      await this.feed({ type: 'offerFailed', attempt, cause: errorText(error) });
    }
  }

  async #request(
    { session, threadId }: VoiceConversation,
    { request, attempt, transport }: Extract<MachineEffect, { type: 'requestSession' }>,
  ): Promise<void> {
    if (threadId === undefined) return;
    try {
      await session.request(threadId, choicesOf(this.#ports.settings.getSnapshot()), transport);
      await this.feed({ type: 'understood', request });
    } catch (error) {
      const isUnreachable = error instanceof ConnectionClosedError;
      const cause = errorText(error);
      const failed = { request, attempt, cause, error: startError(error), isUnreachable };
      await this.feed({ type: 'requestFailed', ...failed });
    }
  }

  async #accept(attempt: number, sdp: string): Promise<void> {
    try {
      await this.#call?.accept(sdp);
    } catch (error) {
      await this.feed({ type: 'answerFailed', attempt, cause: errorText(error) });
    }
  }

  async #check(attempt: number): Promise<void> {
    const isAlive = await this.#call?.isAlive().catch(() => false);
    await this.feed({ type: 'checked', attempt, isAlive: isAlive === true });
  }

  #watchTime(watch: Extract<MachineEffect, { type: 'watchTime' }>): void {
    const { limitMs, attempt, phase } = watch;
    this.#timer?.cancel();
    this.#timer =
      limitMs === undefined
        ? undefined
        : this.#ports.clock.after(limitMs, () => {
            void this.feed({ type: 'limitReached', attempt, phase });
          });
  }

  #conversationOver(session: VoiceSession): VoiceConversation {
    const { settings, report, clock, language } = this.#ports;
    const ports = {
      clock,
      language,
      listening: this.stopListening,
      playback: this.playback,
      microphone: this.microphone,
      settings,
      voice: this.state,
      report,
      isCall: () => isCall(this.#machine.link.phase),
      onPlaying: (playing: boolean) => {
        void this.feed({ type: 'playingChanged', playing });
      },
      onUnplayable: (error: UserError) => {
        void this.feed({ type: 'unplayable', error });
      },
    };
    return new VoiceConversation(session, ports, (conversation) => {
      return this.#conversation === conversation;
    });
  }
}
