/** The voices inside the module that speak whole sentences, the clearest first; a sixth only tells the time. */
export const FLITE_VOICES = ['slt', 'rms', 'awb', 'kal', 'kal16'] as const;
export type FliteVoiceName = (typeof FLITE_VOICES)[number];

const MIN_SPEED = 0.25;
const MAX_SPEED = 4;

/** What the module is asked with. */
export type FliteStyle = { readonly voice: FliteVoiceName; readonly speed: number };

/** What of a wish can be had: a voice by its name, a pace the module can keep. */
export function fliteStyle({
  voice,
  speed = 1,
}: {
  readonly voice?: string | undefined;
  readonly speed?: number | undefined;
}): FliteStyle {
  return {
    voice: FLITE_VOICES.find((name) => name === voice) ?? FLITE_VOICES[0],
    speed: Number.isFinite(speed) ? Math.min(MAX_SPEED, Math.max(MIN_SPEED, speed)) : 1,
  };
}
