import type { ModelContext } from './realtimeModel.ts';

/** Turns speech into words while it is being said; the server works without one and says so. */
export interface Transcriber {
  /** One sentence for people on what it does not understand, where it does not understand everything. */
  readonly limits?: string;
  /**
   * A session has begun to send sound, so somebody is soon going to speak. Cheap to call again; what
   * goes wrong shows at `begin`.
   */
  prepare?(context: ModelContext): void;
  /** Begins to listen to one turn. Cheap, so that it may be called before it is certain to be one. */
  begin(turn: TranscriptionTurn): Transcription;
}

export type TranscriptionTurn = {
  /** The conversation so far: what can be said now may depend on it. */
  readonly context: ModelContext;
  /** What the client asked for, as it wrote it. */
  readonly language?: string;
  readonly model?: string;
  readonly prompt?: string;
  /**
   * More words of the turn, to be appended to those before; none that may be taken back. Given only
   * where somebody is told them before all are there, which costs a recogniser extra work.
   */
  readonly onDelta?: (text: string) => void;
};

/** One turn that is listened to. After `end` or `cancel` it gets no more sound. */
export interface Transcription {
  /** PCM16 mono at 24 kHz, in order, what came before the speech was noticed first. */
  push(samples: Int16Array): void;
  /** The turn is over. Throws when it cannot tell; an aborted signal is a `cancel`. */
  end(signal: AbortSignal): Promise<Transcript>;
  /** Nobody wants the words any more. */
  cancel(): void;
}

export type Transcript = {
  /** All words of the turn, which win over what `onDelta` told; `''` when there are none to be told. */
  readonly text: string;
  readonly words?: readonly TimedWord[];
};

/** Times count from the first sample of the turn. */
export type TimedWord = {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
};
