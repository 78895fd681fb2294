import { ProductError } from '../../../core/base/index.ts';
import type { StopWord } from './stopWords.ts';

/** The words cannot be listened for. The message is a whole sentence. */
export class SpotterError extends ProductError {
  readonly code = 'spotterFailed';
  readonly retryable = true;
}

/** Who is told what the spotter hears. */
export type SpotterListener = {
  readonly onReady: () => void;
  /** Something that may be speech set in. */
  readonly onSpeechBegan: () => void;
  /** It ended, or a word was made out in it; undefined: it was none of the words. */
  readonly onSpeechEnded: (word: StopWord | undefined) => void;
  /** Told once; nothing comes after it. */
  readonly onFailed: (error: SpotterError) => void;
};

/** Listens to the microphone for the few words that stop Parley's voice, on this machine alone. */
export interface StopSpotter {
  /** Only while it listens it costs anything. */
  setListening(isListening: boolean): void;
  /** Nothing is told after this; twice is harmless. */
  close(): void;
}
