import { msToSamples } from '../index.ts';
import { MODEL_RATE_HZ } from './workerMessages.ts';

const FRAME_SAMPLES = msToSamples(20, MODEL_RATE_HZ);
/** Shorter than what the turn detector waits for, and longer than the stops inside words. */
const PAUSE_MS = 240;
/** A frame this much quieter than the loudest, in energy, is no speech: 24 dB. */
const QUIET_SHARE = 0.004;

export type PauseEvent = 'speech' | 'pauseBegan' | 'silence';

/** Tells where speech pauses, by level alone: a mistake costs some work and changes no result. */
export class PauseDetector {
  #loudest = 0;
  #quietSamples = 0;
  #hasSpoken = false;

  /** What the samples are, taken as one: a pause begins once after each stretch of speech. */
  push(samples: Int16Array): PauseEvent {
    let event: PauseEvent = 'silence';
    for (let start = 0; start < samples.length; start += FRAME_SAMPLES) {
      const frame = samples.subarray(start, start + FRAME_SAMPLES);
      const energy = energyOf(frame);
      this.#loudest = Math.max(this.#loudest, energy);
      if (energy > this.#loudest * QUIET_SHARE) {
        this.#quietSamples = 0;
        this.#hasSpoken = true;
        event = 'speech';
      } else {
        this.#quietSamples += frame.length;
      }
    }
    if (!this.#hasSpoken || this.#quietSamples < msToSamples(PAUSE_MS, MODEL_RATE_HZ)) {
      // Also what is quiet after speech may still be a part of it.
      return this.#hasSpoken ? 'speech' : event;
    }
    this.#hasSpoken = false;
    return 'pauseBegan';
  }
}

function energyOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}
