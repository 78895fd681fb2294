import { errorText } from '../../../core/base/index.ts';
import type { Playback } from '../playback/index.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store.ts';
import { ConversationSound, type SoundPorts } from './conversationSound.ts';
import type { MicrophoneControl } from './microphoneControl.ts';
import { type StopPorts, StopWatch } from './stopWord/index.ts';
import { choicesOf, microphoneChoiceOf } from './voiceChoices.ts';
import type { VoiceSession } from './voiceSession.ts';

/** What conversations share, and whom one tells. */
export type ConversationPorts = SoundPorts &
  Pick<StopPorts, 'clock' | 'listening' | 'language'> & {
    readonly playback: Playback;
    readonly settings: Store<Settings>;
    readonly microphone: MicrophoneControl;
    readonly report: (message: string, hint?: string) => void;
  };

/** One conversation by voice: its session, its sound, and the user's choices in it. */
export class VoiceConversation {
  readonly session: VoiceSession;
  readonly sound: ConversationSound;
  /** The thread it is in, once that is known. */
  threadId: string | undefined;
  readonly #ports: ConversationPorts;
  readonly #isCurrent: () => boolean;
  readonly #stopWatch: StopWatch;

  constructor(
    session: VoiceSession,
    ports: ConversationPorts,
    isCurrent: (conversation: VoiceConversation) => boolean,
  ) {
    this.session = session;
    this.sound = new ConversationSound(session, ports);
    this.#ports = ports;
    this.#isCurrent = () => isCurrent(this);
    this.#stopWatch = new StopWatch(session.media, {
      ...ports,
      silence: () => {
        if (this.#isCurrent()) void this.sound.cut();
      },
    });
    this.#wire();
  }

  /** The user's choices may have changed. */
  followSettings(): void {
    const { settings, playback, microphone } = this.#ports;
    const { media } = this.session;
    const now = settings.getSnapshot();
    playback.call.setQuiet(media, now.quiet);
    this.followChoices();
    const choice = microphoneChoiceOf(now);
    const change = this.session.microphoneNews(choice);
    if (change === 'device') void microphone.swap(media, choice, this.#isCurrent);
    else if (change === 'processing') void microphone.tune(media, choice, this.#isCurrent);
  }

  /** Tells the running session what the user has chosen since it was last told. */
  followChoices(): void {
    const { settings, voice, report } = this.#ports;
    const { session } = this;
    if (session.engine === undefined || voice.getSnapshot().phase !== 'live') return;
    const choices = choicesOf(settings.getSnapshot());
    const news = session.news(choices);
    if (news === undefined) return;
    if (news.quiet === true || news.outputModality === 'text') void this.sound.cut();
    session.tell(choices).catch((error: unknown) => {
      report(`Could not switch: ${errorText(error)}`, 'It will hold from the next start.');
    });
  }

  /** Lets go of microphone and loudspeaker. */
  release(): void {
    this.#stopWatch.release();
    this.session.release();
    this.#ports.playback.drop();
    this.#ports.microphone.release();
  }

  #wire(): void {
    const { microphone, playback, settings, isCall } = this.#ports;
    const { media, outbox } = this.session;
    media.on('frame', (frame) => {
      if (!this.#isCurrent()) return;
      microphone.gate(frame);
      playback.waveform.captured(frame);
      outbox.push(frame);
    });
    media.on('callFrame', (frame) => {
      if (!this.#isCurrent() || !isCall()) return;
      playback.waveform.heard(frame);
      playback.call.frame();
    });
    media.on('position', (position) => {
      if (this.#isCurrent()) this.sound.positioned(position);
    });
    media.on('microphoneLost', () => {
      if (!this.#isCurrent()) return;
      const choice = microphoneChoiceOf(settings.getSnapshot());
      void microphone.fallBack(media, choice, this.#isCurrent);
    });
  }
}
