import { errorText } from '../../../core/base/index.ts';
import { ConnectionClosedError, isOneOf } from '../../../core/protocol/index.ts';
import type { CallWord, PlayPosition, VoiceMedia } from '../../media/index.ts';
import { callWordOf } from '../playback/index.ts';
import type { UserError } from '../userError.ts';
import { stepVoice, type VoiceInput } from './voice.ts';
import { choicesOf, microphoneChoiceOf } from './voiceChoices.ts';
import { startError } from './voiceErrors.ts';
import type { LinkPorts } from './voiceLink.ts';
import type { NoticeParams, VoiceNotice, VoiceParts } from './voiceParts.ts';
import type { VoiceSession } from './voiceSession.ts';

/** What the run itself does something about; in a call, the rest may be about its sound. */
const RUN_MATTERS = [
  'thread/realtime/started',
  'thread/realtime/sdp',
  'thread/realtime/speech/started',
  'thread/realtime/outputAudio/delta',
  'thread/realtime/stage',
  'thread/realtime/error',
] as const;

/**
 * One voice conversation, from the open microphone to the end: brings together what the engine, the
 * call, the microphone and the user say. Whoever made it tells it nothing more once it is over.
 */
export class VoiceRun {
  readonly session: VoiceSession;
  readonly #parts: VoiceParts;
  readonly #isCurrent: () => boolean;
  readonly #onFailed: (trouble: UserError) => void;

  constructor(
    parts: VoiceParts,
    session: VoiceSession,
    isCurrent: () => boolean,
    onFailed: (trouble: UserError) => void,
  ) {
    this.#parts = parts;
    this.session = session;
    this.#isCurrent = isCurrent;
    this.#onFailed = onFailed;
    this.#wire(session.media);
  }

  /** Looks for a connection in this thread; resolves when it was asked for. */
  async connect(threadId: string): Promise<void> {
    const { link, settings } = this.#parts;
    await link.begin(this.#linkPorts(threadId), settings.getSnapshot().connection);
  }

  /** Silences what is being said, for good. Undefined when there was nothing to silence. */
  cut(): Promise<void> | undefined {
    const state = this.#parts.state.getSnapshot();
    if (!this.session.isReachable || state.phase !== 'live') return undefined;
    const isAnswering = state.playing || state.responseId !== undefined;
    if (!this.#hasUnheard && !isAnswering) return undefined;
    return this.#cut(state.responseId).catch(ignoreClosed);
  }

  get #hasUnheard(): boolean {
    const { link, playback } = this.#parts;
    return link.isCall ? playback.call.isSounding : playback.hasUnheard;
  }

  async #cut(responseId: string | undefined): Promise<void> {
    const { link, playback } = this.#parts;
    if (!link.isCall) {
      await this.session.interrupt(await playback.cut(this.session.media, responseId));
      return;
    }
    playback.call.cut(this.session.media, responseId);
    this.#step({ type: 'playingChanged', playing: false });
    // The provider counts itself what was heard of a call.
    await this.session.interrupt([]);
  }

  /** Takes a notification that is about this conversation. */
  notify(notice: VoiceNotice): void {
    const { link } = this.#parts;
    if (!isOneOf(notice, RUN_MATTERS)) {
      if (link.isCall) this.#callNotice(notice);
      return;
    }
    switch (notice.method) {
      case 'thread/realtime/started':
        this.#started();
        return;
      case 'thread/realtime/sdp':
        this.#step({ type: 'stageReached', stage: 'sound' });
        link.answered(notice.params.sdp);
        return;
      case 'thread/realtime/speech/started':
        this.#speechHeard();
        return;
      case 'thread/realtime/outputAudio/delta':
        this.#play(notice.params.audio);
        return;
      case 'thread/realtime/stage':
        // What ended the old connection has been dealt with and would not explain a later end.
        if (notice.params.stage === 'reconnecting') this.session.fault = undefined;
        return;
      case 'thread/realtime/error':
        this.#faulted(notice.params);
    }
  }

  /** The user's choices may have changed. */
  followSettings(): void {
    const { settings, playback, microphone } = this.#parts;
    const { media } = this.session;
    const now = settings.getSnapshot();
    playback.call.setQuiet(media, now.quiet);
    this.#followChoices();
    const choice = microphoneChoiceOf(now);
    const change = this.session.microphoneNews(choice);
    if (change === 'device') void microphone.swap(media, choice, this.#isCurrent);
    else if (change === 'processing') void microphone.tune(media, choice, this.#isCurrent);
  }

  #started(): void {
    const { link } = this.#parts;
    link.started();
    // A call begins when its sound has found a way.
    if (link.isCall) return;
    this.#step({ type: 'sessionStarted' });
    this.session.outbox.open();
    this.#followChoices();
  }

  #faulted({ message, fatal }: NoticeParams<'error'>): void {
    if (fatal === false) return;
    const trouble = { message, hint: 'Start again, or go on by typing.' };
    this.session.fault = trouble;
    // A running session may go on in a new connection; the engine closes it when it cannot.
    const { phase } = this.#parts.state.getSnapshot();
    if (fatal === true && phase === 'starting') this.#onFailed(trouble);
  }

  /** What is said about the sound of a call, which does not come this way itself. */
  #callNotice(notice: VoiceNotice): void {
    const { call } = this.#parts.playback;
    const word = callWordOf(notice);
    if (word !== undefined) {
      this.#callWord(word);
      return;
    }
    if (notice.method === 'thread/realtime/outputAudio/truncated') call.truncated(notice.params);
    if (notice.method === 'thread/realtime/response/completed')
      call.answered(notice.params.responseId);
    const { output, quiet } = this.#parts.settings.getSnapshot();
    if (output === 'text' || quiet) return;
    if (notice.method === 'thread/realtime/transcript/delta')
      call.words(notice.params, notice.params.delta.length, false);
    if (notice.method === 'thread/realtime/transcript/done')
      call.words(notice.params, notice.params.text.length, true);
  }

  /** Comes twice, over the call and by way of the engine; the first one counts. */
  #callWord(word: CallWord): void {
    const { call } = this.#parts.playback;
    if (word.type === 'speechStarted') {
      this.#speechHeard();
      return;
    }
    if (word.type === 'soundStarted') {
      if (call.started(this.session.media, word.responseId))
        this.#step({ type: 'playingChanged', playing: true });
      return;
    }
    const how = word.type === 'soundStopped' ? 'finished' : 'cleared';
    if (call.stopped(word.responseId, how)) this.#step({ type: 'playingChanged', playing: false });
  }

  #speechHeard(): void {
    const { interruption } = this.#parts.settings.getSnapshot();
    if (interruption === 'on' && this.#hasUnheard) void this.cut();
  }

  /** Tells the running session what the user has chosen since it was last told. */
  #followChoices(): void {
    const { state, settings, report } = this.#parts;
    const { session } = this;
    if (!session.isReachable || state.getSnapshot().phase !== 'live') return;
    const choices = choicesOf(settings.getSnapshot());
    const news = session.news(choices);
    if (news === undefined) return;
    if (news.quiet === true || news.outputModality === 'text') void this.cut();
    session.tell(choices).catch((error: unknown) => {
      report(`Could not switch: ${errorText(error)}`, 'It will hold from the next start.');
    });
  }

  #linkPorts(threadId: string): LinkPorts {
    const { session } = this;
    const { settings, playback, announce } = this.#parts;
    return {
      openCall: () => {
        playback.call.begin(session.media, settings.getSnapshot().quiet);
        return session.media.openCall();
      },
      request: async (transport) =>
        session.request(threadId, choicesOf(settings.getSnapshot()), transport),
      onJoined: () => {
        session.outbox.bypass();
        this.#step({ type: 'sessionStarted' });
        this.#step({ type: 'stageReached', stage: 'ready' });
        this.#followChoices();
      },
      onDoubted: () => {
        session.outbox.hold();
      },
      onHealed: () => {
        session.outbox.bypass();
      },
      onRenewing: (cause) => {
        session.outbox.hold();
        // What the lost call was saying will not be heard any more.
        playback.drop();
        this.#step({ type: 'playingChanged', playing: false });
        this.#step({ type: 'relinkTried', relink: { cause, attempt: undefined } });
      },
      onFellBack: (why) => {
        announce(`Talking over WebSocket, because ${why}.`);
      },
      onFailed: this.#onFailed,
      onRefused: (error) => {
        if (this.#isCurrent()) this.#onFailed(startError(error));
      },
      onWord: (word) => {
        if (this.#isCurrent()) this.#callWord(word);
      },
    };
  }

  #wire(media: VoiceMedia): void {
    const { microphone, playback, settings, link } = this.#parts;
    media.on('frame', (frame) => {
      if (!this.#isCurrent()) return;
      microphone.gate(frame);
      playback.waveform.captured(frame);
      this.session.outbox.push(frame);
    });
    media.on('callFrame', (frame) => {
      if (!this.#isCurrent() || !link.isCall) return;
      playback.waveform.heard(frame);
      playback.call.frame();
    });
    media.on('position', (position) => {
      if (this.#isCurrent()) this.positioned(position);
    });
    media.on('microphoneLost', () => {
      if (!this.#isCurrent()) return;
      const choice = microphoneChoiceOf(settings.getSnapshot());
      void microphone.fallBack(media, choice, this.#isCurrent);
    });
  }

  /** The loudspeaker says how far it has come. */
  positioned(position: PlayPosition): void {
    this.#parts.playback.positioned(position);
    this.#step({ type: 'playingChanged', playing: position.playing });
  }

  #play(audio: NoticeParams<'outputAudio/delta'>['audio']): void {
    // An answer that was asked for before quiet was chosen may still come with sound.
    if (this.#parts.settings.getSnapshot().quiet) return;
    const trouble = this.#parts.playback.play(this.session.media, audio);
    if (trouble !== undefined) this.#onFailed(trouble);
  }

  #step(input: VoiceInput): void {
    this.#parts.state.update((state) => stepVoice(state, input));
  }
}

/** A session that is already gone has nothing left to stop; anything else is a mistake of ours. */
export function ignoreClosed(error: unknown): void {
  if (!(error instanceof ConnectionClosedError)) reportError(error);
}
