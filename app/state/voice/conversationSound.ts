import { ConnectionClosedError, type NotificationParamsOf } from '../../../core/protocol/index.ts';
import type { CallWord, PlayPosition } from '../../media/index.ts';
import { callWordOf, type HeardReport, type Playback } from '../playback/index.ts';
import type { Settings } from '../settings.ts';
import type { Store } from '../store.ts';
import type { UserError } from '../userError.ts';
import type { VoiceState, VoiceNotice } from './machine/index.ts';
import type { VoiceSession } from './voiceSession.ts';

/** What the sound of a conversation works with, and whom it tells. */
export type SoundPorts = {
  readonly playback: Playback;
  readonly settings: Store<Settings>;
  readonly voice: Store<VoiceState>;
  /** True while the conversation goes, or is about to go, by a call. */
  readonly isCall: () => boolean;
  readonly onPlaying: (isPlaying: boolean) => void;
  readonly onUnplayable: (error: UserError) => void;
};

/** Parley's voice in one conversation: what is heard of it, and what silences it. */
export class ConversationSound {
  readonly #session: VoiceSession;
  readonly #ports: SoundPorts;

  constructor(session: VoiceSession, ports: SoundPorts) {
    this.#session = session;
    this.#ports = ports;
  }

  /** Silences what is being said, for good. Undefined when there was nothing to silence. */
  cut(): Promise<void> | undefined {
    const state = this.#ports.voice.getSnapshot();
    if (this.#session.engine === undefined || state.phase !== 'live') return undefined;
    const isAnswering = state.playing || state.responseId !== undefined;
    if (!this.#hasUnheard && !isAnswering) return undefined;
    return this.#cut(state.responseId).catch(ignoreClosed);
  }

  /** Takes a notification about what is said and heard. */
  notify(notice: VoiceNotice): void {
    if (notice.method === 'thread/realtime/speech/started') this.#speechHeard();
    else if (notice.method === 'thread/realtime/outputAudio/delta') this.#play(notice.params.audio);
    else if (this.#ports.isCall()) this.#callNotice(notice);
  }

  /** Comes twice, over the call and by way of the engine; the first one counts. */
  callWord(word: CallWord): void {
    const { playback, onPlaying } = this.#ports;
    if (word.type === 'speechStarted') {
      this.#speechHeard();
      return;
    }
    if (word.type === 'soundStarted') {
      if (playback.call.started(this.#session.media, word.responseId)) onPlaying(true);
      return;
    }
    const how = word.type === 'soundStopped' ? 'finished' : 'cleared';
    if (playback.call.stopped(word.responseId, how)) onPlaying(false);
  }

  /** The loudspeaker says how far it has come. */
  positioned(position: PlayPosition): void {
    this.#ports.playback.positioned(position);
    this.#ports.onPlaying(position.playing);
  }

  get #hasUnheard(): boolean {
    const { isCall, playback } = this.#ports;
    return isCall() ? playback.call.isSounding : playback.hasUnheard;
  }

  async #cut(responseId: string | undefined): Promise<void> {
    const { isCall, playback, onPlaying } = this.#ports;
    const { media } = this.#session;
    if (!isCall()) {
      playback.silenced(responseId);
      const position = await media.player.clear();
      await this.#report(playback.cutAt(position, responseId));
      return;
    }
    playback.call.cut(media, responseId);
    onPlaying(false);
    // The provider counts itself what was heard of a call.
    await this.#report([]);
  }

  /** Says what was heard of what was cut off, to the engine that is there by now. */
  async #report(heard: readonly HeardReport[]): Promise<void> {
    const { engine } = this.#session;
    if (engine === undefined) return;
    const { client, threadId } = engine;
    await client.request('thread/realtime/interrupt', { threadId, heard: [...heard] });
  }

  #speechHeard(): void {
    const { interruption } = this.#ports.settings.getSnapshot();
    if (interruption === 'on' && this.#hasUnheard) void this.cut();
  }

  #play(audio: NotificationParamsOf<'thread/realtime/outputAudio/delta'>['audio']): void {
    const { playback, settings, onUnplayable } = this.#ports;
    // An answer that was asked for before quiet was chosen may still come with sound.
    if (settings.getSnapshot().quiet) return;
    const received = playback.received(audio);
    if (received.type === 'unplayable') onUnplayable(received.error);
    if (received.type === 'sound')
      this.#session.media.player.play(received.itemId, received.samples);
  }

  /** What is said about the sound of a call, which does not come this way itself. */
  #callNotice(notice: VoiceNotice): void {
    const { playback, settings } = this.#ports;
    const { call } = playback;
    const word = callWordOf(notice);
    if (word !== undefined) {
      this.callWord(word);
      return;
    }
    if (notice.method === 'thread/realtime/outputAudio/truncated') call.truncated(notice.params);
    if (notice.method === 'thread/realtime/response/completed')
      call.answered(notice.params.responseId);
    const { output, quiet } = settings.getSnapshot();
    if (output === 'text' || quiet) return;
    if (notice.method === 'thread/realtime/transcript/delta')
      call.words(notice.params, notice.params.delta.length, false);
    if (notice.method === 'thread/realtime/transcript/done')
      call.words(notice.params, notice.params.text.length, true);
  }
}

/** A session that is already gone has nothing left to stop; anything else is a mistake of ours. */
export function ignoreClosed(error: unknown): void {
  if (!(error instanceof ConnectionClosedError)) reportError(error);
}
