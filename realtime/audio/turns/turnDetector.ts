import { BiquadChain, highPass, lowPass } from './biquad.ts';
import { NoiseFloor } from './noiseFloor.ts';
import { msToSamples, SAMPLE_RATE_HZ, samplesToMs } from '../pcm.ts';

const FRAME_MS = 20;
const FRAME_SAMPLES = msToSamples(FRAME_MS);
/** Where the energy of voices is, and that of mains hum and hiss is not. */
const BAND_HZ = { low: 280, high: 3_400 } as const;
const FLOOR_WINDOW_MS = 3_000;
/** In-band energy over the floor at which speech begins and goes on, at threshold 0.5. */
const START_RATIO = 2.8;
const KEEP_RATIO = 1.7;
/** Below this share of full scale a room counts as this loud: dither must not look like a shout. */
const QUIETEST_FLOOR_RMS = 0.001;
/** Of the last four frames, how many must be loud: three to begin (a click is two), two to go on. */
const FRAMES_LOOKED_AT = 4;
const FRAMES_TO_START = 3;
const FRAMES_TO_KEEP = 2;

/** The fields of the Realtime API's `server_vad` that decide about turns (realtime-v2 §21.2). */
export type TurnDetectorOptions = {
  /** 0..1; higher asks for louder speech. The default of the API is 0.5. */
  readonly threshold: number;
  /** How much sound before the first loud frame belongs to the turn; 300 in the API. */
  readonly prefixPaddingMs: number;
  /** How long it must be quiet for the turn to end; 500 in the API. */
  readonly silenceDurationMs: number;
};

export const DEFAULT_TURN_DETECTION: TurnDetectorOptions = {
  threshold: 0.5,
  prefixPaddingMs: 300,
  silenceDurationMs: 500,
};

/**
 * Times are in ms of sound pushed since the detector was made. `audioStartMs` has the padding taken
 * off and never reaches back before the end of the turn before; `audioEndMs` includes the silence
 * that ended the turn, as in the API.
 */
export type TurnDetectorEvent =
  | { readonly type: 'speechStarted'; readonly audioStartMs: number }
  | { readonly type: 'speechStopped'; readonly audioEndMs: number };

type Phase = { readonly name: 'quiet' } | { readonly name: 'speaking'; readonly quietMs: number };

/**
 * Finds turns in mono 24 kHz PCM16: energy of the voice band, frame by frame, against the noise
 * floor of the last three seconds. Knows loud from quiet and nothing about words: a noise that starts
 * suddenly and goes on counts as speech until the floor has caught up with it.
 */
export class TurnDetector {
  readonly #band = new BiquadChain([
    ...highPass(BAND_HZ.low, SAMPLE_RATE_HZ),
    ...lowPass(BAND_HZ.high, SAMPLE_RATE_HZ),
  ]);
  readonly #floor = new NoiseFloor(FLOOR_WINDOW_MS / FRAME_MS);
  #options: TurnDetectorOptions;
  #phase: Phase = { name: 'quiet' };
  #samplesIn = 0;
  #frameEnergy = 0;
  #frameFill = 0;
  /** One bit per frame, the newest lowest: was it loud enough to begin, to go on. */
  #startBits = 0;
  #keepBits = 0;
  #notBeforeMs = 0;

  constructor(options: TurnDetectorOptions = DEFAULT_TURN_DETECTION) {
    this.#options = options;
  }

  /** Takes any number of samples and returns what they revealed, oldest first. */
  push(samples: Int16Array): readonly TurnDetectorEvent[] {
    const events: TurnDetectorEvent[] = [];
    for (const sample of samples) {
      const inBand = this.#band.step(sample / 32_768);
      this.#frameEnergy += inBand * inBand;
      this.#frameFill += 1;
      this.#samplesIn += 1;
      if (this.#frameFill < FRAME_SAMPLES) continue;
      const event = this.#endFrame(this.#frameEnergy / FRAME_SAMPLES);
      if (event !== undefined) events.push(event);
      this.#frameEnergy = 0;
      this.#frameFill = 0;
    }
    return events;
  }

  /** Takes effect with the next frame; a turn that is under way goes on. */
  configure(options: TurnDetectorOptions): void {
    this.#options = options;
  }

  /**
   * Forgets the turn under way, without an event, and lets no later one reach back before now. What
   * is known about the room stays, and positions go on counting.
   */
  reset(): void {
    this.#phase = { name: 'quiet' };
    this.#startBits = 0;
    this.#keepBits = 0;
    this.#notBeforeMs = this.positionMs;
  }

  get positionMs(): number {
    return samplesToMs(this.#samplesIn);
  }

  get speaking(): boolean {
    return this.#phase.name === 'speaking';
  }

  #endFrame(energy: number): TurnDetectorEvent | undefined {
    const { threshold } = this.#options;
    const floor = Math.max(this.#floor.push(energy), quietestFloor(threshold));
    const startRatio = START_RATIO ** (0.5 + threshold);
    const keepRatio = KEEP_RATIO ** (0.5 + threshold);
    this.#startBits = shiftIn(this.#startBits, energy > floor * startRatio);
    this.#keepBits = shiftIn(this.#keepBits, energy > floor * keepRatio);
    return this.#phase.name === 'quiet' ? this.#listen() : this.#follow(this.#phase.quietMs);
  }

  #listen(): TurnDetectorEvent | undefined {
    if (countBits(this.#startBits) < FRAMES_TO_START) return undefined;
    this.#phase = { name: 'speaking', quietMs: 0 };
    const firstLoudMs = this.positionMs - oldestBit(this.#startBits) * FRAME_MS;
    const paddedMs = firstLoudMs - this.#options.prefixPaddingMs;
    return { type: 'speechStarted', audioStartMs: Math.max(this.#notBeforeMs, paddedMs) };
  }

  #follow(quietMs: number): TurnDetectorEvent | undefined {
    const quietNowMs = countBits(this.#keepBits) >= FRAMES_TO_KEEP ? 0 : quietMs + FRAME_MS;
    if (quietNowMs < this.#options.silenceDurationMs) {
      this.#phase = { name: 'speaking', quietMs: quietNowMs };
      return undefined;
    }
    this.reset();
    return { type: 'speechStopped', audioEndMs: this.positionMs };
  }
}

/** Energy taken for the floor of a very quiet room: 20 dB higher for threshold 1 than for 0. */
function quietestFloor(threshold: number): number {
  return QUIETEST_FLOOR_RMS ** 2 * 10 ** (2 * (threshold - 0.5));
}

function shiftIn(bits: number, loud: boolean): number {
  return ((bits << 1) | (loud ? 1 : 0)) & ((1 << FRAMES_LOOKED_AT) - 1);
}

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** How many frames ago the oldest loud frame among those looked at began. */
function oldestBit(bits: number): number {
  return 32 - Math.clz32(bits);
}
