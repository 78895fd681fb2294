/** Four samples become one: voices have most of their energy below 3 kHz. */
const THINNING = 4;

/** From here on two sounds are the same one, by way of a room. Unrelated voices stay below 0.25. */
const SAME_SOUND = 0.4;

/** The loudspeaker is silent: what remains is what rounding leaves. */
const LEAST_ENERGY = 1;

/**
 * Whether what the microphone heard is what the loudspeaker played: the sounds are laid over each other
 * at every delay, and an echo fits at one of them whatever its loudness. `played` ends when `heard` ends
 * and reaches back further by the longest delay.
 */
export function isEcho(heard: Int16Array, played: Int16Array): boolean {
  return likeness(thinned(heard), thinned(played)) >= SAME_SOUND;
}

/** The best normalised correlation over all places of `part` in `whole`. */
function likeness(part: Float32Array, whole: Float32Array): number {
  const ownEnergy = energyOf(part);
  if (ownEnergy === 0) return 0;
  let best = 0;
  // Carried along: measured anew at each place, it would cost as much as the comparison.
  let energy = energyOf(whole.subarray(0, part.length));
  for (let start = 0; start + part.length <= whole.length; start += 1) {
    if (energy >= LEAST_ENERGY) {
      let product = 0;
      for (let at = 0; at < part.length; at += 1)
        product += (part[at] ?? 0) * (whole[start + at] ?? 0);
      best = Math.max(best, Math.abs(product) / Math.sqrt(ownEnergy * energy));
    }
    energy += (whole[start + part.length] ?? 0) ** 2 - (whole[start] ?? 0) ** 2;
  }
  return best;
}

function energyOf(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return energy;
}

function thinned(samples: Int16Array): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / THINNING));
  for (let at = 0; at < out.length; at += 1) {
    let sum = 0;
    for (let offset = 0; offset < THINNING; offset += 1)
      sum += samples[at * THINNING + offset] ?? 0;
    out[at] = sum / THINNING;
  }
  return out;
}
