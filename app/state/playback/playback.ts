import type { NotificationParamsOf } from '../../../core/protocol/index.ts';
import {
  decodePcm,
  type PlayPosition,
  SAMPLE_RATE_HZ,
  samplesToMs,
  WaveformTimeline,
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

type ReceivedSound =
  | { readonly type: 'nothing' }
  | { readonly type: 'unplayable'; readonly error: UserError }
  | {
      readonly type: 'sound';
      readonly itemId: string;
      readonly samples: Int16Array<ArrayBuffer>;
    };

/** The books of Parley's sound: what has come in, what was heard of it, and the picture of both. */
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

  /** A piece of an answer came: what of it is to be played, which is nothing where that answer was stopped. */
  received(audio: OutputAudio): ReceivedSound {
    const itemId = lineId({ ...audio, role: 'assistant' });
    const responseId = audio.responseId ?? undefined;
    if (!acceptsAudio(this.ledger.getSnapshot(), itemId, responseId)) return { type: 'nothing' };
    if (audio.sampleRate !== SAMPLE_RATE_HZ || audio.numChannels !== 1)
      return {
        type: 'unplayable',
        error: {
          message: `The voice model sent ${audio.sampleRate} Hz audio with ${audio.numChannels} channels; Parley plays 24000 Hz mono.`,
          hint: 'Switch to Write, or choose another voice model.',
        },
      };
    const samples = decodePcm(audio.data);
    if (samples === undefined || samples.length === 0) return { type: 'nothing' };
    const ms = samplesToMs(samples.length);
    this.ledger.update((ledger) => audioReceived(ledger, itemId, responseId, ms));
    this.waveform.received(samples);
    return { type: 'sound', itemId, samples };
  }

  /** The loudspeaker says how far it has come. */
  positioned(position: PlayPosition): void {
    this.ledger.update((ledger) => audioPlayed(ledger, position.playedMs));
    this.waveform.positioned(pendingMs(this.ledger.getSnapshot()), position.playing);
  }

  /** Everything is being silenced: late audio of it is refused from now on, while the loudspeaker is asked how far it got. */
  silenced(responseId: string | undefined): void {
    this.waveform.cleared();
    const { refused } = cutAll(this.ledger.getSnapshot(), responseId);
    this.ledger.update((ledger) => ({ ...ledger, refused }));
  }

  /** It fell silent there; returns what was not heard to its end, and will not be. */
  cutAt(position: PlayPosition, responseId: string | undefined): readonly HeardReport[] {
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
