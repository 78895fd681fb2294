import { msToSamples, TurnDetector } from '../../audio/index.ts';
import type { TurnDetection } from '../../protocol/index.ts';
import { InputTape } from './audioStore.ts';
import { detectorOptions } from '../config/index.ts';
import type { TurnMark } from '../state/index.ts';

/** What a session hears: the sound itself and the turns in it, on one time line. */
export class InputSound {
  readonly #tape = new InputTape();
  readonly #detector = new TurnDetector();

  /** Adds sound and returns what it revealed. */
  append(samples: Int16Array): TurnMark[] {
    this.#tape.append(samples);
    // Also while turns are committed by hand: the detector's time line must be the tape's.
    return this.#detector
      .push(samples)
      .map((event): TurnMark =>
        event.type === 'speechStarted'
          ? { type: event.type, atSample: msToSamples(event.audioStartMs) }
          : { type: event.type, atSample: msToSamples(event.audioEndMs) },
      );
  }

  /** Where the sound that has been appended ends. */
  get endSample(): number {
    return this.#tape.endSample;
  }

  cut(fromSample: number, toSample: number): Int16Array {
    return this.#tape.cut(fromSample, toSample);
  }

  dropBefore(sample: number): void {
    this.#tape.dropBefore(sample);
  }

  /** Forgets the turn under way and goes on with these settings. */
  restart(turnDetection: TurnDetection | null): void {
    if (turnDetection !== null) this.#detector.configure(detectorOptions(turnDetection));
    this.#detector.reset();
  }
}
