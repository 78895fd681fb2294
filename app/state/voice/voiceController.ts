import { errorText } from '../../../core/base/index.ts';
import { announceReconnects } from './announceReconnects.ts';
import { ignoreClosed } from './conversationSound.ts';
import { isVoiceOn } from './machine/index.ts';
import { isDictating } from './sessionFacts.ts';
import type { VoiceConversation } from './voiceConversation.ts';
import { VoiceDriver, type VoicePorts } from './voiceDriver.ts';

/** How long written words wait for a session that is starting. */
const START_PATIENCE_MS = 15_000;

/** The voice, as the page uses it. */
export class VoiceController {
  readonly state: VoiceDriver['state'];
  readonly link: VoiceDriver['link'];
  readonly facts: VoiceDriver['facts'];
  readonly microphone: VoiceDriver['microphone'];
  readonly playback: VoiceDriver['playback'];
  readonly recording: VoiceDriver['recording'];
  readonly stopListening: VoiceDriver['stopListening'];
  readonly #ports: VoicePorts;
  readonly #driver: VoiceDriver;

  constructor(ports: VoicePorts) {
    this.#ports = ports;
    const driver = new VoiceDriver(ports);
    this.#driver = driver;
    this.state = driver.state;
    this.link = driver.link;
    this.facts = driver.facts;
    this.microphone = driver.microphone;
    this.playback = driver.playback;
    this.recording = driver.recording;
    this.stopListening = driver.stopListening;
    announceReconnects(this.state, ports.announce);
  }

  /** Opens the microphone and starts the session. Errors end up in `state`, never as a rejection. */
  async start(): Promise<void> {
    await this.#driver.begin();
  }

  /** Ends the conversation and lets go of the microphone; the thread goes on in writing. */
  async end(): Promise<void> {
    const { conversation } = this.#driver;
    const cut = conversation?.sound.cut();
    await Promise.all([this.#driver.leave(), this.#finish(conversation, cut)]);
  }

  async #finish(
    conversation: VoiceConversation | undefined,
    cut: Promise<void> | undefined,
  ): Promise<void> {
    if (conversation === undefined) return;
    const saved = this.recording.finish();
    await cut;
    const stopped = conversation.session.stop().catch(ignoreClosed);
    conversation.release();
    await Promise.all([stopped, saved]);
  }

  /**
   * Whether a session takes written words. One that is still starting is waited for, because who types
   * into it means it; where it does not get there in time, fails, or turns out to be dictation, which
   * answers nothing, the answer is no.
   */
  async takesWords(): Promise<boolean> {
    if (this.state.getSnapshot().phase !== 'starting') return this.#isLive && this.isConversing;
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.state.subscribe(() => {
      if (this.state.getSnapshot().phase !== 'starting') resolve();
    });
    const patience = this.#ports.clock.after(START_PATIENCE_MS, resolve);
    await promise;
    stop();
    patience.cancel();
    return this.#isLive && this.isConversing;
  }

  get #isLive(): boolean {
    return this.state.getSnapshot().phase === 'live';
  }

  /** True while somebody talks with Parley, or is about to: not out of voice, and not in dictation. */
  get isConversing(): boolean {
    const state = this.state.getSnapshot();
    return isVoiceOn(state) && !isDictating(state, this.facts.getSnapshot());
  }

  /** Stops the voice, not the session. False when there was nothing to stop. */
  interrupt(): boolean {
    return this.#driver.conversation?.sound.cut() !== undefined;
  }

  /** The same, resolving when the engine knows; at once when there was nothing to stop. */
  async silence(): Promise<void> {
    await this.#driver.conversation?.sound.cut();
  }

  /** Records both sides, or ends that; a recording ends with the conversation at the latest. */
  toggleRecording(): void {
    const session = this.#driver.conversation?.session;
    if (this.recording.state.getSnapshot().phase === 'on') void this.recording.finish();
    else if (session?.threadId !== undefined && this.#isLive)
      this.recording.start(session.media, session.threadId);
  }

  /** Lets Parley say written words; does nothing where no session runs. */
  async readAloud(text: string): Promise<void> {
    const engine = this.#driver.conversation?.session.engine;
    if (engine === undefined) return;
    const { client, threadId } = engine;
    try {
      await client.request('thread/realtime/appendSpeech', { threadId, text });
    } catch (error) {
      this.#ports.report(`Could not read it aloud: ${errorText(error)}`);
    }
  }

  /** Takes another microphone, live when a conversation runs; keeps the old one when that fails. */
  chooseMicrophone(id: string | null): void {
    this.#ports.settings.update((settings) => ({ ...settings, microphoneId: id }));
  }

  /** The engine went away: what is said now is kept for a while. */
  connectionLost(): void {
    const { conversation } = this.#driver;
    if (conversation === undefined) return;
    void this.#driver.feed({ type: 'connectionLost' });
    void this.recording.finish();
    void conversation.session.media.player.clear().then((position) => {
      conversation.sound.positioned(position);
      this.playback.drop();
      return undefined;
    });
    this.playback.waveform.cleared();
  }

  /** The engine stayed away: nobody should go on talking into an open microphone. */
  giveUp(): void {
    void this.#driver.feed({ type: 'patienceEnded' });
  }

  /** The engine is back: the same conversation goes on in a new session. */
  async resume(): Promise<void> {
    await this.#driver.feed({ type: 'connectionBack' });
  }
}
