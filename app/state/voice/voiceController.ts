import { type Clock, errorText, type Unsubscribe } from '../../../core/base/index.ts';
import { type AppServerClient, isOneOf } from '../../../core/protocol/index.ts';
import type { VoiceMedia } from '../../media/index.ts';
import { Playback } from '../playback/index.ts';
import { RecordingControl } from '../recording/index.ts';
import { Store } from '../store.ts';
import { MicrophoneControl } from './microphoneControl.ts';
import { noFacts, type SessionFacts, stepFacts } from './sessionFacts.ts';
import type { UserError } from '../userError.ts';
import {
  isVoiceOn,
  stepVoice,
  type VoiceInput,
  voiceInputOf,
  voiceOff,
  type VoiceState,
} from './voice.ts';
import { microphoneChoiceOf } from './voiceChoices.ts';
import { closeError, startError } from './voiceErrors.ts';
import { VoiceLink } from './voiceLink.ts';
import type { NoticeParams, VoiceNotice, VoiceParts } from './voiceParts.ts';
import { ignoreClosed, VoiceRun } from './voiceRun.ts';
import { VoiceSession } from './voiceSession.ts';

/** What may be about the way the voice travels before it is about the conversation. */
const LINK_MATTERS = [
  'thread/realtime/error',
  'thread/realtime/closed',
  'thread/realtime/stage',
] as const;

export type VoiceDeps = Pick<VoiceParts, 'settings' | 'report' | 'announce'> & {
  readonly client: () => AppServerClient | undefined;
  readonly ensureThread: () => Promise<string>;
  readonly createMedia: () => VoiceMedia;
  readonly clock: Clock;
  /** Calls back when the network came back or the computer woke up. */
  readonly watchNetwork: (onChange: () => void) => Unsubscribe;
};

/** One voice conversation at a time: microphone, loudspeaker and the session between them. */
export class VoiceController {
  readonly state = new Store<VoiceState>(voiceOff);
  readonly facts = new Store<SessionFacts>(noFacts);
  readonly microphone = new MicrophoneControl();
  readonly playback = new Playback();
  readonly link: VoiceLink;
  readonly recording: RecordingControl;
  readonly #deps: VoiceDeps;
  #run: VoiceRun | undefined;

  constructor(deps: VoiceDeps) {
    this.#deps = deps;
    this.link = new VoiceLink(deps.clock);
    this.recording = new RecordingControl(deps);
    deps.settings.subscribe(() => {
      this.#run?.followSettings();
    });
    this.microphone.state.subscribe(() => {
      this.#run?.session.media.setMicrophoneOpen(this.microphone.isOpen);
    });
    deps.watchNetwork(() => {
      this.link.networkChanged();
    });
  }

  /** Opens the microphone and starts the session. Troubles end up in `state`, never as a rejection. */
  async start(): Promise<void> {
    if (this.#run !== undefined) return;
    const media = this.#deps.createMedia();
    const choice = microphoneChoiceOf(this.#deps.settings.getSnapshot());
    const run = this.#newRun(new VoiceSession(media, this.#deps.client, choice));
    this.#run = run;
    this.#step({ type: 'startPressed' });
    media.setMicrophoneOpen(this.microphone.isOpen);
    try {
      const device = await media.open(choice);
      if (this.#run !== run) return;
      this.microphone.use(device);
      this.#step({ type: 'microphoneOpened' });
    } catch (error) {
      if (this.#run === run) this.#fail(startError(error));
      return;
    }
    await this.#connect(run);
  }

  #newRun(session: VoiceSession): VoiceRun {
    const { settings, report, announce } = this.#deps;
    const { state, microphone, playback, link } = this;
    const parts = { state, settings, microphone, playback, link, report, announce };
    const run: VoiceRun = new VoiceRun(
      parts,
      session,
      () => this.#run === run,
      (trouble) => {
        this.#fail(trouble);
      },
    );
    return run;
  }

  async #connect(run: VoiceRun): Promise<void> {
    try {
      const threadId = await this.#deps.ensureThread();
      if (this.#run === run) await run.connect(threadId);
    } catch (error) {
      if (this.#run === run) this.#fail(startError(error));
    }
  }

  /** Ends the conversation and lets go of the microphone; the thread goes on in writing. */
  async end(): Promise<void> {
    const run = this.#run;
    const cut = run?.cut();
    this.#run = undefined;
    this.#step({ type: 'endPressed' });
    if (run === undefined) return;
    // At once, so that a start that follows finds nothing of this conversation in its way.
    const saved = this.recording.finish();
    this.link.end();
    await cut;
    const stopped = run.session.stop().catch(ignoreClosed);
    this.#release(run);
    await Promise.all([stopped, saved]);
  }

  /** Stops the voice, not the session. False when there was nothing to stop. */
  interrupt(): boolean {
    const cut = this.#run?.cut();
    return cut !== undefined;
  }

  /** The same, resolving when the engine knows; at once when there was nothing to stop. */
  async silence(): Promise<void> {
    await this.#run?.cut();
  }

  /** Records both sides, or ends that; a recording ends with the conversation at the latest. */
  toggleRecording(): void {
    const session = this.#run?.session;
    if (this.recording.state.getSnapshot().phase === 'on') void this.recording.finish();
    else if (session?.threadId !== undefined && this.state.getSnapshot().phase === 'live')
      this.recording.start(session.media, session.threadId);
  }

  /** Lets Parley say written words; does nothing where no session runs. */
  async readAloud(text: string): Promise<void> {
    try {
      await this.#run?.session.readAloud(text);
    } catch (error) {
      this.#deps.report(`Could not read it aloud: ${errorText(error)}`);
    }
  }

  /** Takes another microphone, live when a conversation runs; keeps the old one when that fails. */
  chooseMicrophone(id: string | null): void {
    this.#deps.settings.update((settings) => ({ ...settings, microphoneId: id }));
  }

  /** The engine went away: what is said now is kept for a while. */
  connectionLost(): void {
    const run = this.#run;
    if (run === undefined) return;
    const { outbox, media } = run.session;
    outbox.hold();
    this.link.end();
    void this.recording.finish();
    void media.clear().then((position) => {
      run.positioned(position);
      this.playback.drop();
      return undefined;
    });
    this.playback.waveform.cleared();
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
    const run = this.#run;
    if (run === undefined || this.state.getSnapshot().phase !== 'reconnecting') return;
    this.#step({ type: 'startPressed' });
    this.#step({ type: 'microphoneOpened' });
    await this.#connect(run);
  }

  /**
   * Takes a notification of the open thread. True when it was about a connection that is being replaced,
   * and so is no news for anybody else.
   */
  notify(notice: VoiceNotice): boolean {
    const run = this.#run;
    if (run !== undefined && this.#isLinkMatter(notice)) return true;
    this.facts.update((facts) => stepFacts(facts, notice, this.#deps.clock.nowMs()));
    const input = voiceInputOf(notice);
    if (input !== undefined) this.#step(input);
    run?.notify(notice);
    if (notice.method === 'thread/realtime/closed') this.#closed(run, notice.params);
    return false;
  }

  #isLinkMatter(notice: VoiceNotice): boolean {
    if (!isOneOf(notice, LINK_MATTERS)) return false;
    switch (notice.method) {
      case 'thread/realtime/error':
        return this.link.takesError(notice.params);
      case 'thread/realtime/closed':
        return this.link.takesClose(notice.params);
      case 'thread/realtime/stage':
        return this.link.takesStage(notice.params);
    }
  }

  #closed(run: VoiceRun | undefined, closed: NoticeParams<'closed'>): void {
    const trouble = closeError(closed, run?.session.fault);
    this.#step({ type: 'sessionClosed', trouble });
    if (run === undefined || isVoiceOn(this.state.getSnapshot())) return;
    this.#leave(run);
  }

  #fail(trouble: UserError): void {
    this.#step({ type: 'failed', trouble });
    const run = this.#run;
    if (run === undefined) return;
    run.session.stop().catch(ignoreClosed);
    this.#leave(run);
  }

  #leave(run: VoiceRun): void {
    this.#run = undefined;
    void this.recording.finish();
    this.link.end();
    this.#release(run);
  }

  #release(run: VoiceRun): void {
    run.session.release();
    this.playback.drop();
    this.microphone.release();
  }

  #step(input: VoiceInput): void {
    this.state.update((state) => stepVoice(state, input));
  }
}
