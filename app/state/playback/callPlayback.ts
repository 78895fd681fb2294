import {
  isOneOf,
  type NotificationParamsOf,
  type ServerNotification,
} from '../../../core/protocol/index.ts';
import { type CallWord, FRAME_MS, type VoiceMedia } from '../../media/index.ts';
import { lineId } from '../conversation/index.ts';
import type { Store } from '../store.ts';
import {
  callFinished,
  callPlayed,
  callTruncated,
  cutAll,
  type PlaybackLedger,
  wordsReceived,
} from './playbackLedger.ts';

// The view need not redraw for every frame.
const FRAMES_PER_POSITION = 5;

type Words = {
  readonly role: 'user' | 'assistant';
  readonly itemId?: string | null | undefined;
  readonly responseId?: string | null | undefined;
};

/**
 * Parley's voice in a call. The sound goes past us, from the provider to the loudspeaker; the provider
 * says when it begins and ends, and the gate in front of the loudspeaker is ours.
 */
export class CallPlayback {
  readonly #ledger: Store<PlaybackLedger>;
  /** What is being heard: an answer, or something the provider does not name. */
  #sounding: { readonly responseId: string | undefined } | undefined;
  #isHushed = false;
  #isQuiet = false;
  #frames = 0;

  constructor(ledger: Store<PlaybackLedger>) {
    this.#ledger = ledger;
  }

  /** True while the user hears an answer. */
  get isSounding(): boolean {
    return this.#sounding !== undefined;
  }

  /** A call begins, or another one instead of the one before. */
  begin(media: VoiceMedia, isQuiet: boolean): void {
    this.#sounding = undefined;
    this.#isHushed = false;
    this.#isQuiet = isQuiet;
    this.#gate(media);
  }

  /** Quiet lets nothing through, whatever the provider sends. */
  setQuiet(media: VoiceMedia, isQuiet: boolean): void {
    this.#isQuiet = isQuiet;
    this.#gate(media);
  }

  /** The provider began to play an answer; false when it is one that was stopped. */
  started(media: VoiceMedia, responseId: string | undefined): boolean {
    if (responseId !== undefined && this.#ledger.getSnapshot().refused.has(responseId))
      return false;
    // Told twice, over the call and by the engine: the second one must not undo a stop in between.
    if (this.#sounding !== undefined && this.#sounding.responseId === responseId) return true;
    this.#sounding = { responseId };
    this.#isHushed = false;
    this.#gate(media);
    return !this.#isQuiet;
  }

  /** It came to its end by itself, or was emptied. The end of another answer changes nothing. */
  stopped(responseId: string | undefined, how: 'finished' | 'cleared'): boolean {
    if (responseId !== undefined && how === 'finished')
      this.#ledger.update((ledger) => callFinished(ledger, responseId));
    const sounding = this.#sounding;
    if (sounding === undefined) return true;
    const isOther =
      responseId !== undefined &&
      sounding.responseId !== undefined &&
      sounding.responseId !== responseId;
    if (isOther) return false;
    this.#sounding = undefined;
    if (how === 'cleared') this.#ledger.update((ledger) => cutAll(ledger, sounding.responseId));
    return true;
  }

  /** Silences the call at once, and for good what is being said in it. */
  cut(media: VoiceMedia, responseId: string | undefined): void {
    const sounding = this.#sounding?.responseId;
    this.#sounding = undefined;
    this.#isHushed = true;
    this.#gate(media);
    this.#ledger.update((ledger) => cutAll(cutAll(ledger, responseId), sounding));
  }

  /** Words of an answer that will be, or is being, spoken. */
  words(params: Words, length: number, isWhole: boolean): void {
    if (params.role !== 'assistant') return;
    const text = { length, isWhole };
    const responseId = params.responseId ?? undefined;
    this.#ledger.update((ledger) => wordsReceived(ledger, lineId(params), responseId, text));
  }

  truncated({
    itemId,
    audioEndMs,
  }: NotificationParamsOf<'thread/realtime/outputAudio/truncated'>): void {
    this.#ledger.update((ledger) => callTruncated(ledger, itemId, audioEndMs));
  }

  /** An answer without sound leaves nothing to be heard. */
  answered(responseId: string): void {
    if (this.#sounding?.responseId === responseId) return;
    this.#ledger.update((ledger) =>
      ledger.refused.has(responseId) ? ledger : callFinished(ledger, responseId),
    );
  }

  /** 20 ms went to the loudspeaker. */
  frame(): void {
    const responseId = this.#sounding?.responseId;
    if (responseId === undefined) return;
    this.#frames += 1;
    if (this.#frames < FRAMES_PER_POSITION) return;
    const ms = this.#frames * FRAME_MS;
    this.#frames = 0;
    this.#ledger.update((ledger) => callPlayed(ledger, responseId, ms));
  }

  #gate(media: VoiceMedia): void {
    media.setCallAudible(!this.#isHushed && !this.#isQuiet);
  }
}

const SOUND = [
  'thread/realtime/outputAudioBuffer/started',
  'thread/realtime/outputAudioBuffer/stopped',
  'thread/realtime/outputAudioBuffer/cleared',
] as const;

const WORDS = {
  'thread/realtime/outputAudioBuffer/started': 'soundStarted',
  'thread/realtime/outputAudioBuffer/stopped': 'soundStopped',
  'thread/realtime/outputAudioBuffer/cleared': 'soundCleared',
} as const;

/** The engine's word on the sound of a call, as it would come over the call itself. */
export function callWordOf(notice: ServerNotification): CallWord | undefined {
  if (!isOneOf(notice, SOUND)) return undefined;
  return { type: WORDS[notice.method], responseId: notice.params.responseId ?? undefined };
}
