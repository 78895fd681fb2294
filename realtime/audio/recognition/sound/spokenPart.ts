const FRAME_SAMPLES = 320;
/** A frame this much quieter than the loudest, in energy, is no speech: 27 dB. */
const QUIET_SHARE = 0.002;

/**
 * Where the speech in a sound lies, with so many samples around it. Of a short word between long
 * silences the decoder would take its idea of the levels from the silence.
 */
export function spokenPart(
  sound: Float32Array,
  marginSamples: number,
): { readonly first: number; readonly next: number } {
  const energies = Array.from({ length: Math.ceil(sound.length / FRAME_SAMPLES) }, (_, frame) =>
    sound
      .subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES)
      .reduce((sum, sample) => sum + sample * sample, 0),
  );
  const least = Math.max(0, ...energies) * QUIET_SHARE;
  const isSpeech = (energy: number): boolean => energy > least;
  const first = energies.findIndex(isSpeech);
  if (first === -1) return { first: 0, next: sound.length };
  const next = energies.findLastIndex(isSpeech) + 1;
  return {
    first: Math.max(0, first * FRAME_SAMPLES - marginSamples),
    next: Math.min(sound.length, next * FRAME_SAMPLES + marginSamples),
  };
}
