const FRAME_SAMPLES = 320;
/** Where a loud and where a quiet moment lies among all of them, from the quietest on. */
const LOUD = 0.95;
const QUIET = 0.1;
/** Of digital silence, in units of full scale. */
const LEAST_ENERGY = 1e-12;

/** How much louder the loud moments of a sound are than its quiet ones: what speech is above its noise. */
export function loudnessRangeDb(sound: Float32Array): number {
  const energies = Float64Array.from(
    { length: Math.floor(sound.length / FRAME_SAMPLES) },
    (_, frame) =>
      sound
        .subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
        .reduce((sum, sample) => sum + sample * sample, LEAST_ENERGY),
  ).toSorted();
  const at = (share: number): number =>
    energies[Math.floor(share * energies.length)] ?? LEAST_ENERGY;
  return 10 * Math.log10(at(LOUD) / at(QUIET));
}
