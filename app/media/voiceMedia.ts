import type { Unsubscribe } from '../../core/base/index.ts';
import { ProductError } from '../../core/base/index.ts';

export type MicrophoneFault = 'refused' | 'none' | 'busy' | 'unsupported';

const FAULT_WORDS: Readonly<Record<MicrophoneFault, string>> = {
  refused: 'The microphone was not allowed.',
  none: 'No microphone was found.',
  busy: 'The microphone could not be opened; another program may be using it.',
  unsupported: 'This browser cannot open a microphone on this page.',
};

/** The microphone could not be had; `code` says why. */
export class MicrophoneError extends ProductError {
  readonly code: MicrophoneFault;
  readonly retryable = true;

  constructor(code: MicrophoneFault, options?: { cause?: unknown }) {
    super(FAULT_WORDS[code], options);
    this.code = code;
  }
}

/** Where the loudspeaker is: what was heard of each item so far. */
export type PlayPosition = {
  readonly playedMs: ReadonlyMap<string, number>;
  readonly playing: boolean;
  /** How often the sound had a gap since the session began. */
  readonly underruns: number;
};

export type MediaEvents = {
  /** 20 ms of the microphone, PCM16, 24 kHz, mono. */
  readonly frame: Int16Array<ArrayBuffer>;
  readonly position: PlayPosition;
  /** The microphone was unplugged or taken away. */
  readonly microphoneLost: undefined;
};

export type Microphone = { readonly id: string; readonly label: string };

/** Microphone and loudspeaker of one voice session. */
export interface VoiceMedia {
  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe;
  /** Opens the microphone; rejects with `MicrophoneError`. Resolves to the device in use. */
  open(microphoneId: string | null): Promise<Microphone>;
  /** Takes another microphone; the old one is kept when that fails. */
  swap(microphoneId: string | null): Promise<Microphone>;
  play(itemId: string, samples: Int16Array<ArrayBuffer>): void;
  /** Silences the loudspeaker at once; resolves to what had been heard by then. */
  clear(): Promise<PlayPosition>;
  /** Closes microphone and loudspeaker; twice is harmless, also while opening. */
  close(): void;
}
