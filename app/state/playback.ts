import type { NotificationParamsOf } from '../../core/protocol/index.ts';
import {
  decodePcm,
  type PlayPosition,
  SAMPLE_RATE_HZ,
  samplesToMs,
  StripTimeline,
  type VoiceMedia,
} from '../media/index.ts';
import { CallSound } from './callSound.ts';
import {
  acceptsAudio,
  audioPlayed,
  audioReceived,
  cutAll,
  type Heard,
  type HeardReport,
  nothingHeard,
  pendingMs,
  unfinishedItems,
} from './heard.ts';
import { lineId } from './lines.ts';
import { Store } from './store.ts';
import type { Trouble } from './voice.ts';

type OutputAudio = NotificationParamsOf<'thread/realtime/outputAudio/delta'>['audio'];

/** Parley's sound: what has come in, what was heard of it, and the picture of both. */
export class Playback {
  readonly heard = new Store<Heard>(nothingHeard);
  readonly strip = new StripTimeline();
  /** The same where the sound comes by a call. */
  readonly call = new CallSound(this.heard);

  /** True while something has come in that was not heard to its end. */
  get hasUnheard(): boolean {
    return unfinishedItems(this.heard.getSnapshot()).length > 0;
  }

  /** True of a line of Parley's that came with sound. */
  hasSound(id: string): boolean {
    return this.heard.getSnapshot().items.has(id);
  }

  /** Plays a piece of an answer, unless that answer was stopped. Returns why it cannot be played. */
  play(media: VoiceMedia, audio: OutputAudio): Trouble | undefined {
    const itemId = lineId({ ...audio, role: 'assistant' });
    const responseId = audio.responseId ?? undefined;
    if (!acceptsAudio(this.heard.getSnapshot(), itemId, responseId)) return undefined;
    if (audio.sampleRate !== SAMPLE_RATE_HZ || audio.numChannels !== 1)
      return {
        message: `The voice model sent ${audio.sampleRate} Hz audio with ${audio.numChannels} channels; Parley plays 24000 Hz mono.`,
        hint: 'Switch to Write, or choose another voice model.',
      };
    const samples = decodePcm(audio.data);
    if (samples === undefined || samples.length === 0) return undefined;
    const ms = samplesToMs(samples.length);
    this.heard.update((heard) => audioReceived(heard, itemId, responseId, ms));
    this.strip.received(samples);
    media.play(itemId, samples);
    return undefined;
  }

  /** The loudspeaker says how far it has come. */
  positioned(position: PlayPosition): void {
    this.heard.update((heard) => audioPlayed(heard, position.playedMs));
    this.strip.positioned(pendingMs(this.heard.getSnapshot()), position.playing);
  }

  /** Silences everything at once, for good; resolves to what was not heard to its end. */
  async cut(media: VoiceMedia, responseId: string | undefined): Promise<readonly HeardReport[]> {
    this.strip.cleared();
    // Late audio is refused from this moment on, while the loudspeaker tells how far it got.
    const before = this.heard.getSnapshot();
    this.heard.update((heard) => ({ ...heard, refused: cutAll(before, responseId).refused }));
    const position = await media.clear();
    this.heard.update((heard) => audioPlayed(heard, position.playedMs));
    const unfinished = unfinishedItems(this.heard.getSnapshot());
    this.heard.update((heard) => cutAll(heard, responseId));
    return unfinished;
  }

  /** Nothing more will be heard of what has come in. */
  drop(): void {
    this.strip.cleared();
    this.heard.update((heard) => cutAll(heard, undefined));
  }
}
