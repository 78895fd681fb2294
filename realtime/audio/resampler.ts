import { clampToInt16 } from './pcm.ts';

/** Width of the filter in samples of the slower of the two rates. */
const TAPS = 64;
/** Side lobes about 80 dB down. */
const KAISER_BETA = 8;
/** Where the filter is 6 dB down, as a share of the slower rate's Nyquist frequency. */
const CUTOFF = 0.92;
/** Rates with a large common divisor get one filter per phase; others interpolate between these. */
const MAX_EXACT_PHASES = 1024;
const INTERPOLATED_PHASES = 512;

/** The rates that `Resampler` accepts, both ends included, whole numbers only. */
export const RESAMPLER_RATES_HZ = { min: 8_000, max: 192_000 } as const;

/** True for a rate that `Resampler` can convert from or to. */
export function isSupportedRate(rateHz: number): boolean {
  return (
    Number.isInteger(rateHz) && rateHz >= RESAMPLER_RATES_HZ.min && rateHz <= RESAMPLER_RATES_HZ.max
  );
}

/**
 * Converts mono PCM16 from one rate to another: a polyphase windowed sinc. The output lines up with
 * the input in time (no delay to account for), and does not depend on how the input was cut into
 * chunks. `push` holds back the 32 slower-rate samples the filter looks ahead; `flush` brings them.
 */
export class Resampler {
  readonly #up: number;
  readonly #down: number;
  readonly #taps: number;
  readonly #phases: number;
  readonly #filters: Float32Array;
  #pending: Int16Array;
  /** Where the next output's filter window begins in `#pending`; may lie beyond its end. */
  #start = 0;
  /** Position of the next output between two input samples, in units of 1/#up. */
  #phase = 0;
  #samplesIn = 0;
  #samplesOut = 0;

  /** Throws a `RangeError` for rates outside `RESAMPLER_RATES_HZ`; check with `isSupportedRate`. */
  constructor(inputRateHz: number, outputRateHz: number) {
    for (const rateHz of [inputRateHz, outputRateHz]) {
      if (!isSupportedRate(rateHz)) throw new RangeError(`Cannot resample ${rateHz} Hz`);
    }
    const divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
    this.#up = outputRateHz / divisor;
    this.#down = inputRateHz / divisor;
    const bandwidth = Math.min(1, outputRateHz / inputRateHz);
    this.#taps = 2 * Math.ceil(TAPS / 2 / bandwidth);
    this.#phases = this.#up <= MAX_EXACT_PHASES ? this.#up : INTERPOLATED_PHASES;
    this.#filters = designFilters(this.#phases, this.#taps, CUTOFF * bandwidth);
    this.#pending = this.#lead();
  }

  /** Takes the next samples and returns as many output samples as they complete. */
  push(samples: Int16Array): Int16Array {
    if (this.#up === this.#down) return samples.slice();
    this.#samplesIn += samples.length;
    return this.#convert(samples);
  }

  /** Returns the rest of the output and makes ready for a new, unrelated stream. */
  flush(): Int16Array {
    if (this.#up === this.#down) return new Int16Array(0);
    const owed = Math.ceil((this.#samplesIn * this.#up) / this.#down) - this.#samplesOut;
    const tail = this.#convert(new Int16Array(this.#taps)).slice(0, owed);
    this.#pending = this.#lead();
    this.#start = 0;
    this.#phase = 0;
    this.#samplesIn = 0;
    this.#samplesOut = 0;
    return tail;
  }

  /** Silence before the stream, so that the first output is centred on the first input. */
  #lead(): Int16Array {
    return new Int16Array(this.#taps / 2 - 1);
  }

  #convert(samples: Int16Array): Int16Array {
    const input = new Int16Array(this.#pending.length + samples.length);
    input.set(this.#pending);
    input.set(samples, this.#pending.length);
    const room = Math.ceil((input.length * this.#up) / this.#down) + 1;
    const output = new Int16Array(room);
    let count = 0;
    while (this.#start + this.#taps <= input.length) {
      output[count] = clampToInt16(this.#filter(input));
      count += 1;
      this.#phase += this.#down;
      this.#start += Math.floor(this.#phase / this.#up);
      this.#phase %= this.#up;
    }
    const consumed = Math.min(this.#start, input.length);
    this.#pending = input.slice(consumed);
    this.#start -= consumed;
    this.#samplesOut += count;
    return output.subarray(0, count);
  }

  #filter(input: Int16Array): number {
    const position = (this.#phase * this.#phases) / this.#up;
    const row = Math.floor(position);
    const value = this.#dot(input, row);
    const fraction = position - row;
    return fraction === 0 ? value : value + fraction * (this.#dot(input, row + 1) - value);
  }

  #dot(input: Int16Array, row: number): number {
    const taps = this.#taps;
    const filters = this.#filters;
    const start = this.#start;
    const offset = row * taps;
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      sum += (input[start + tap] ?? 0) * (filters[offset + tap] ?? 0);
    }
    return sum;
  }
}

/** One filter per phase, one after the other, and one more for interpolating past the last. */
function designFilters(phases: number, taps: number, cutoff: number): Float32Array {
  const filters = new Float32Array((phases + 1) * taps);
  const half = taps / 2;
  for (let phase = 0; phase <= phases; phase += 1) {
    const row = filters.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap += 1) {
      const distance = tap - (half - 1) - phase / phases;
      const weight = sinc(distance * cutoff) * kaiser(distance / half);
      row[tap] = weight;
      sum += weight;
    }
    // Every phase passes a constant unchanged; otherwise the phases' ripple would be a whistle.
    for (let tap = 0; tap < taps; tap += 1) row[tap] = (row[tap] ?? 0) / sum;
  }
  return filters;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  if (Math.abs(x) > 1) return 0;
  return besselI0(KAISER_BETA * Math.sqrt(1 - x * x)) / besselI0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order zero, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
