import type { RealtimeConfig } from '../config/index.ts';
import {
  DEFAULT_VOICE_V2,
  PRACTICE_VOICES,
  REALTIME_VOICES_V1,
  REALTIME_VOICES_V2,
} from '../protocol/index.ts';

/** The voices of a provider, and who talks unless told. */
export type ProviderVoices = {
  /** undefined for a server of one's own, whose voices nobody knows here. */
  readonly names: readonly string[] | undefined;
  readonly default: string;
};

/** Who can talk at a provider of this kind. */
export function voicesOf(providerKind: string): ProviderVoices {
  switch (providerKind) {
    case 'practice':
      return { names: [...PRACTICE_VOICES, ...REALTIME_VOICES_V2], default: PRACTICE_VOICES[0] };
    case 'openai':
      return { names: REALTIME_VOICES_V2, default: DEFAULT_VOICE_V2 };
    default:
      return { names: undefined, default: DEFAULT_VOICE_V2 };
  }
}

/** Who can talk as it is configured: at a provider of this kind, or in a cascade. */
export function configuredVoices(
  providerKind: string,
  { provider, cascade }: Pick<RealtimeConfig, 'provider' | 'cascade'>,
): ProviderVoices {
  if (provider !== 'cascade') return voicesOf(providerKind);
  const { provider: speaker = 'built-in', voice } = cascade.textToSpeech;
  const { names, default: first } = voicesOf(speaker === 'built-in' ? 'practice' : speaker);
  const isBuiltIn = speaker === 'built-in' || speaker === 'practice';
  return { names, default: voice ?? (isBuiltIn ? first : '') };
}

/** Why a voice cannot talk here; an empty name leaves the choice to the server. */
export function voiceProblem(voice: string, { names }: ProviderVoices): string | undefined {
  const isOfV1 = REALTIME_VOICES_V1.some((name) => name === voice);
  if (voice === '' || (names?.includes(voice) ?? !isOfV1)) return undefined;
  const choice = names ?? REALTIME_VOICES_V2;
  return `Voice ${voice} does not exist in realtime v2; choose one of ${choice.join(', ')}`;
}
