/** The rate every voice session works at; PCM16, one channel, little-endian. */
export const SAMPLE_RATE_HZ = 24_000;

const BYTES_PER_SAMPLE = 2;
const FULL_SCALE = 32_768;

// Typed arrays use the machine's byte order, and the wire is little-endian. All platforms that Node
// and Electron are released for on desktops are little-endian, so no swapping is done anywhere.

/** Standard base64 of the samples as PCM16 little-endian. */
export function encodePcm(samples: Int16Array): string {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).toString('base64');
}

/**
 * Samples of a base64 text of PCM16 little-endian. Lenient on purpose, for what a provider sent:
 * characters outside the alphabet are passed over and half a sample at the end is dropped. Input
 * from clients goes through `InputNormaliser`, which refuses both.
 */
export function decodePcm(base64: string): Int16Array {
  // Decoding into fresh memory: a small `Buffer.from` may start at an odd offset of the shared pool,
  // where an Int16Array cannot begin.
  const upperBound = Math.ceil((base64.length * 3) / 4 / BYTES_PER_SAMPLE);
  const samples = new Int16Array(upperBound);
  const bytes = Buffer.from(samples.buffer).write(base64, 'base64');
  return samples.subarray(0, Math.floor(bytes / BYTES_PER_SAMPLE));
}

/** How loud some samples are, both as a share of full scale (0..1); all zeros for no samples. */
export type Level = { readonly rms: number; readonly peak: number };

export function measureLevel(samples: Int16Array): Level {
  let sumOfSquares = 0;
  let peak = 0;
  for (const sample of samples) {
    sumOfSquares += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  const rms = samples.length === 0 ? 0 : Math.sqrt(sumOfSquares / samples.length);
  return { rms: rms / FULL_SCALE, peak: peak / FULL_SCALE };
}

/**
 * Whole milliseconds that fit into so many samples of one channel. Add up samples and convert once:
 * adding up converted chunks loses the part of a millisecond that each one is rounded down by.
 */
export function samplesToMs(samples: number, sampleRateHz = SAMPLE_RATE_HZ): number {
  return Math.floor((samples * 1000) / sampleRateHz);
}

/** Samples of one channel that so many milliseconds last, rounded down. */
export function msToSamples(ms: number, sampleRateHz = SAMPLE_RATE_HZ): number {
  return Math.floor((ms * sampleRateHz) / 1000);
}

export function silence(ms: number, sampleRateHz = SAMPLE_RATE_HZ): Int16Array {
  return new Int16Array(msToSamples(ms, sampleRateHz));
}

export function concatPcm(parts: readonly Int16Array[]): Int16Array {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = new Int16Array(total);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Ramps the first samples up from silence, in place, so that an abrupt start does not click. */
export function fadeIn(samples: Int16Array, fadeSamples: number): void {
  const length = Math.min(fadeSamples, samples.length);
  for (let index = 0; index < length; index += 1) {
    samples[index] = Math.round(((samples[index] ?? 0) * index) / length);
  }
}

/** Ramps the last samples down to silence, in place. */
export function fadeOut(samples: Int16Array, fadeSamples: number): void {
  const length = Math.min(fadeSamples, samples.length);
  for (let index = 0; index < length; index += 1) {
    const at = samples.length - 1 - index;
    samples[at] = Math.round(((samples[at] ?? 0) * index) / length);
  }
}

/** The nearest value that fits into 16 bits. */
export function clampToInt16(value: number): number {
  return Math.max(-FULL_SCALE, Math.min(FULL_SCALE - 1, Math.round(value)));
}

/** One channel out of interleaved ones, as their average; a partial last frame is dropped. */
export function mixDown(interleaved: Int16Array, channels: number): Int16Array {
  if (channels === 1) return interleaved;
  const mono = new Int16Array(Math.floor(interleaved.length / channels));
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel += 1) {
      sum += interleaved[frame * channels + channel] ?? 0;
    }
    mono[frame] = Math.round(sum / channels);
  }
  return mono;
}
