import { msToSamples } from '../../index.ts';
import { MODEL_RATE_HZ } from '../workerMessages.ts';

const FRAME_SAMPLES = msToSamples(20, MODEL_RATE_HZ);
/** Longer than the stops inside words. */
const SHORT_PAUSE_SAMPLES = msToSamples(220, MODEL_RATE_HZ);
/** Longer than most pauses between words, and shorter than what the turn detector waits for. */
const LONG_PAUSE_SAMPLES = msToSamples(360, MODEL_RATE_HZ);
/** A frame this much quieter than the loudest, in energy, is no speech: 24 dB. */
const QUIET_SHARE = 0.004;
/** So much above the quietest moment, in energy, may still be its noise: 4 dB; unless that is loud. */
const NOISE_FACTOR = 2.5;
const LOUD_SHARE = 0.1;
/** What the quietest moment is the average of: some 100 ms. */
const SMOOTHING = 0.8;

/** A short pause comes once after each stretch of speech, and a long one if it lasts. */
export type PauseEvent = 'speech' | 'shortPause' | 'longPause' | 'silence';

/** Tells where speech pauses, by level alone: a mistake costs some work and changes no result. */
export class PauseDetector {
  #loudest = 0;
  #quietest = Number.POSITIVE_INFINITY;
  #average: number | undefined;
  #quietSamples = 0;
  #state: PauseEvent = 'silence';

  /** What the samples are, taken as one. */
  push(samples: Int16Array): PauseEvent {
    for (let start = 0; start < samples.length; start += FRAME_SAMPLES) {
      const frame = samples.subarray(start, start + FRAME_SAMPLES);
      const energy = energyOf(frame);
      this.#follow(energy);
      if (energy > this.#quiet) {
        this.#quietSamples = 0;
        this.#state = 'speech';
      } else {
        this.#quietSamples += frame.length;
      }
    }
    const event = this.#event();
    if (event !== 'silence') this.#state = event;
    return event;
  }

  #follow(energy: number): void {
    this.#loudest = Math.max(this.#loudest, energy);
    this.#average = SMOOTHING * (this.#average ?? energy) + (1 - SMOOTHING) * energy;
    this.#quietest = Math.min(this.#quietest, this.#average);
  }

  /** The energy of what is no speech, as far as anybody knows by now. */
  get #quiet(): number {
    const noise = Math.min(this.#quietest * NOISE_FACTOR, this.#loudest * LOUD_SHARE);
    return Math.max(this.#loudest * QUIET_SHARE, noise);
  }

  #event(): PauseEvent {
    const isLong = this.#quietSamples >= LONG_PAUSE_SAMPLES;
    switch (this.#state) {
      case 'speech':
        if (isLong) return 'longPause';
        // What is quiet for a moment may still be a part of it.
        return this.#quietSamples >= SHORT_PAUSE_SAMPLES ? 'shortPause' : 'speech';
      case 'shortPause':
        return isLong ? 'longPause' : 'silence';
      case 'longPause':
      case 'silence':
        return 'silence';
    }
  }
}

function energyOf(samples: Int16Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}
