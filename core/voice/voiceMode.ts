import type { SessionConfig } from '../../realtime/session/index.ts';
import type { Interruption, OutputModality } from '../protocol/index.ts';
import { AGENT_TOOLS } from './agent/index.ts';

/** How a voice session is set: what the user chose, apart from what follows from it. */
export type VoiceMode = {
  readonly outputModality: OutputModality;
  /** Listens, works and writes, but does not speak; the chosen modality comes back afterwards. */
  readonly quiet: boolean;
  readonly interruption: Interruption;
};

/** What the provider's session is configured with. */
export function sessionConfig(
  mode: VoiceMode,
  words: { readonly instructions: string; readonly voice: string },
): SessionConfig {
  return {
    ...words,
    outputModality: effectiveModality(mode),
    interruption: mode.interruption,
    tools: AGENT_TOOLS,
  };
}

/** What the provider is told to answer with. */
export function effectiveModality({ outputModality, quiet }: VoiceMode): OutputModality {
  return quiet ? 'text' : outputModality;
}
