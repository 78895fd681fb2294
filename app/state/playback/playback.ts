import type { NotificationParamsOf } from '../../../core/protocol/index.ts';
import {
  decodePcm,
  type PlayPosition,
  SAMPLE_RATE_HZ,
  samplesToMs,
  WaveformTimeline,
  type VoiceMedia,
} from '../../media/index.ts';
import { lineId } from '../conversation/index.ts';
import { Store } from '../store.ts';
import type { UserError } from '../userError.ts';
import { CallPlayback } from './callPlayback.ts';
import {
  acceptsAudio,
  audioPlayed,
  audioReceived,
  cutAll,
  type PlaybackLedger,
  type HeardReport,
  emptyLedger,
  pendingMs,
  unfinishedItems,
} from './playbackLedger.ts';

type OutputAudio = NotificationParamsOf<'thread/realtime/outputAudio/delta'>['audio'];

/** Parley's sound: what has come in, what was heard of it, and the picture of both. */
export class Playback {
  readonly ledger = new Store<PlaybackLedger>(emptyLedger);
  readonly waveform = new WaveformTimeline();
  /** The same where the sound comes by a call. */
  readonly call = new CallPlayback(this.ledger);

  /** True while something has come in that was not heard to its end. */
  get hasUnheard(): boolean {
    return unfinishedItems(this.ledger.getSnapshot()).length > 0;
  }

  /** True of a line of Parley's that came with sound. */
  hasSound(id: string): boolean {
    return this.ledger.getSnapshot().items.has(id);
  }

  /** Plays a piece of an answer, unless that answer was stopped. Returns why it cannot be played. */
  play(media: VoiceMedia, audio: OutputAudio): UserError | undefined {
    const itemId = lineId({ ...audio, role: 'assistant' });
    const responseId = audio.responseId ?? undefined;
    if (!acceptsAudio(this.ledger.getSnapshot(), itemId, responseId)) return undefined;
    if (audio.sampleRate !== SAMPLE_RATE_HZ || audio.numChannels !== 1)
      return {
        message: `The voice model sent ${audio.sampleRate} Hz audio with ${audio.numChannels} channels; Parley plays 24000 Hz mono.`,
        hint: 'Switch to Write, or choose another voice model.',
      };
    const samples = decodePcm(audio.data);
    if (samples === undefined || samples.length === 0) return undefined;
    const ms = samplesToMs(samples.length);
    this.ledger.update((ledger) => audioReceived(ledger, itemId, responseId, ms));
    this.waveform.received(samples);
    media.play(itemId, samples);
    return undefined;
  }

  /** The loudspeaker says how far it has come. */
  positioned(position: PlayPosition): void {
    this.ledger.update((ledger) => audioPlayed(ledger, position.playedMs));
    this.waveform.positioned(pendingMs(this.ledger.getSnapshot()), position.playing);
  }

  /** Silences everything at once, for good; resolves to what was not heard to its end. */
  async cut(media: VoiceMedia, responseId: string | undefined): Promise<readonly HeardReport[]> {
    this.waveform.cleared();
    // Late audio is refused from this moment on, while the loudspeaker tells how far it got.
    const before = this.ledger.getSnapshot();
    this.ledger.update((ledger) => ({ ...ledger, refused: cutAll(before, responseId).refused }));
    const position = await media.clear();
    this.ledger.update((ledger) => audioPlayed(ledger, position.playedMs));
    const unfinished = unfinishedItems(this.ledger.getSnapshot());
    this.ledger.update((ledger) => cutAll(ledger, responseId));
    return unfinished;
  }

  /** Nothing more will be heard of what has come in. */
  drop(): void {
    this.waveform.cleared();
    this.ledger.update((ledger) => cutAll(ledger, undefined));
  }
}
