import type { Interruption, OutputModality } from '../protocol/index.ts';

/** How a voice session is set: what the user chose, apart from what follows from it. */
export type VoiceMode = {
  readonly outputModality: OutputModality;
  /** Listens, works and writes, but does not speak; the chosen modality comes back afterwards. */
  readonly quiet: boolean;
  readonly interruption: Interruption;
};

/** What follows from it for the session at the provider. */
export function sessionMode(mode: VoiceMode): {
  readonly outputModality: OutputModality;
  readonly interruption: Interruption;
} {
  return { outputModality: effectiveModality(mode), interruption: mode.interruption };
}

/** What the provider is told to answer with. */
export function effectiveModality({ outputModality, quiet }: VoiceMode): OutputModality {
  return quiet ? 'text' : outputModality;
}
