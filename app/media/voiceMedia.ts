import { ProductError, type Unsubscribe } from '../../core/base/index.ts';
import type { SpotterLanguage, SpotterListener, StopSpotter } from './spotter/index.ts';
import type { VoiceCall } from './voiceCall.ts';

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
  /** 20 ms of a call as it goes to the loudspeaker, in the same format; silence while hushed. */
  readonly callFrame: Int16Array<ArrayBuffer>;
  readonly position: PlayPosition;
  /** The microphone was unplugged or taken away. */
  readonly microphoneLost: undefined;
};

export type Microphone = { readonly id: string; readonly label: string };

/** What the browser does with the microphone's sound before anybody gets it. */
export type SoundProcessing = {
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
};

/** Which microphone, null for the system's default, and how its sound is processed. */
export type MicrophoneChoice = SoundProcessing & { readonly id: string | null };

/** Both sides of the conversation cannot be recorded; `code` says why. */
export class RecorderError extends ProductError {
  readonly code: 'unsupported' | 'broken';
  readonly retryable = true;

  constructor(code: 'unsupported' | 'broken', options?: { cause?: unknown }) {
    super(
      code === 'unsupported'
        ? 'This browser cannot record sound.'
        : 'The browser stopped recording by itself.',
      options,
    );
    this.code = code;
  }
}

export type RecordingSink = {
  /** About once a second, in order; `durationMs` is that of everything so far. */
  readonly onPiece: (bytes: Uint8Array, durationMs: number) => void;
  /** Nothing more will come. */
  readonly onFault: (error: RecorderError) => void;
};

/** A recording that runs. */
export interface SoundRecording {
  readonly mimeType: string;
  /** Ends it; resolves once its last piece was handed over, also when it had ended already. */
  stop(): Promise<void>;
}

/** Plays sound that comes piece by piece; silent before the media are open and after they were closed. */
export interface SoundPlayer {
  play(itemId: string, samples: Int16Array<ArrayBuffer>): void;
  /** Silences the loudspeaker at once; resolves to what had been heard by then. */
  clear(): Promise<PlayPosition>;
}

/** Microphone and loudspeaker of one voice session. */
export interface VoiceMedia {
  readonly player: SoundPlayer;
  on<Name extends keyof MediaEvents>(
    name: Name,
    listener: (payload: MediaEvents[Name]) => void,
  ): Unsubscribe;
  /** Opens the microphone; rejects with `MicrophoneError`. Resolves to the device in use. */
  open(choice: MicrophoneChoice): Promise<Microphone>;
  /** Takes another microphone, calls included; the old one is kept when that fails. */
  swap(choice: MicrophoneChoice): Promise<Microphone>;
  /** Processes the sound of the microphone in use in another way; rejects like `swap`. */
  tune(choice: MicrophoneChoice): Promise<Microphone>;
  /** False: frames, calls and recordings get silence from the microphone, whichever is in use. */
  setMicrophoneOpen(isOpen: boolean): void;
  /**
   * A call that sends the microphone; its far side is heard once it is there, instead of that of an
   * earlier call. Throws `CallError` where calls cannot be made. Closing the media closes its calls.
   */
  openCall(): VoiceCall;
  /** False silences the far side of calls within 60 ms, true lets it be heard again. */
  setCallAudible(isAudible: boolean): void;
  /** True turns Parley's voice down within 20 ms, false turns it up again. */
  setDucked(isDucked: boolean): void;
  /** Begins to load what knows the words that stop Parley; one at a time, closed with the media. */
  openSpotter(language: SpotterLanguage, listener: SpotterListener): StopSpotter;
  /** Records both sides as they are heard. Throws `RecorderError`. */
  record(sink: RecordingSink): SoundRecording;
  /** Closes microphone, loudspeaker, calls and recordings; twice is harmless, also while opening. */
  close(): void;
}
