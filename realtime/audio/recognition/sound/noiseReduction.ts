import { transform } from './fourier.ts';

const FRAME_SAMPLES = 512;
const HOP_SAMPLES = FRAME_SAMPLES / 2;
const BINS = FRAME_SAMPLES / 2 + 1;
/** The share of frames, the quietest, that are taken for noise alone. */
const NOISE_SHARE = 0.15;
/** How much of the estimate of a frame is that of the frame before it: against a warble. */
const SMOOTHING = 0.96;
/** What is left of noise: all of it gone would be the digital silence that the models do not know. */
const FLOOR = 0.12;

/** Noise this far below speech, in energy, harms nothing and is left alone: 33 dB. */
const HARMLESS_SHARE = 0.0005;
/** Keeps divisions by what digital silence leaves finite. */
const LEAST_POWER = 1e-12;

/** Whose square overlaps to one, for taking frames apart and putting them together again. */
const WINDOW = Float64Array.from({ length: FRAME_SAMPLES }, (_, index) =>
  Math.sin((Math.PI * (index + 0.5)) / FRAME_SAMPLES),
);

/**
 * A whole utterance with its steady noise reduced: a Wiener filter whose idea of the noise are the
 * quietest moments of this very utterance.
 */
export function reduceNoise(sound: Float32Array): Float32Array {
  const frames = Math.ceil(sound.length / HOP_SAMPLES) + 1;
  const spectra = Array.from({ length: frames }, (_, frame) =>
    spectrumOf(sound, (frame - 1) * HOP_SAMPLES),
  );
  const powers = spectra.map(powerOf);
  const noise = noiseIn(powers);
  const loudest = Math.max(...powers.map(totalOf));
  if (totalOf(noise) < loudest * HARMLESS_SHARE) return sound;
  const out = new Float32Array(sound.length);
  let before = new Float64Array(BINS);
  for (const [frame, spectrum] of spectra.entries()) {
    before = filter(spectrum, powers[frame] ?? before, noise, before);
    transform(spectrum.real, spectrum.imaginary, 'inverse');
    overlay(out, spectrum.real, (frame - 1) * HOP_SAMPLES);
  }
  return out;
}

type Spectrum = { readonly real: Float64Array; readonly imaginary: Float64Array };

function spectrumOf(sound: Float32Array, start: number): Spectrum {
  const real = WINDOW.map((weight, index) => weight * (sound[start + index] ?? 0));
  const imaginary = new Float64Array(FRAME_SAMPLES);
  transform(real, imaginary, 'forward');
  return { real, imaginary };
}

function powerOf({ real, imaginary }: Spectrum): Float64Array {
  return Float64Array.from(
    { length: BINS },
    (_, bin) => (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2,
  );
}

function noiseIn(powers: readonly Float64Array[]): Float64Array {
  const quietest = powers
    // The outermost frames reach beyond the sound.
    .slice(1, -1)
    .map((power) => ({ power, total: totalOf(power) }))
    .toSorted((a, b) => a.total - b.total)
    .slice(0, Math.max(1, Math.floor(powers.length * NOISE_SHARE)));
  return Float64Array.from(
    { length: BINS },
    (_, bin) =>
      quietest.reduce((sum, { power }) => sum + (power[bin] ?? 0), 0) /
      Math.max(1, quietest.length),
  );
}

function totalOf(power: Float64Array): number {
  return power.reduce((sum, value) => sum + value, 0);
}

/** Weakens what is noise in a frame, in place, and returns its power of speech over that of noise. */
function filter(
  { real, imaginary }: Spectrum,
  power: Float64Array,
  noise: Float64Array,
  before: Float64Array,
): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length: BINS }, (_, bin) => {
    const posterior = (power[bin] ?? 0) / Math.max(LEAST_POWER, noise[bin] ?? 0);
    const prior = SMOOTHING * (before[bin] ?? 0) + (1 - SMOOTHING) * Math.max(0, posterior - 1);
    const gain = Math.max(FLOOR, prior / (1 + prior));
    scale(real, imaginary, bin, gain);
    if (bin > 0 && bin < BINS - 1) scale(real, imaginary, FRAME_SAMPLES - bin, gain);
    return gain ** 2 * posterior;
  });
}

function scale(real: Float64Array, imaginary: Float64Array, bin: number, gain: number): void {
  real[bin] = (real[bin] ?? 0) * gain;
  imaginary[bin] = (imaginary[bin] ?? 0) * gain;
}

function overlay(out: Float32Array, frame: Float64Array, start: number): void {
  for (const [index, sample] of frame.entries()) {
    const at = start + index;
    if (at >= 0 && at < out.length) out[at] = (out[at] ?? 0) + sample * (WINDOW[index] ?? 0);
  }
}
