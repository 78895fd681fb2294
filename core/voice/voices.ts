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

/** Why a voice cannot talk here; an empty name leaves the choice to the server. */
export function voiceProblem(voice: string, { names }: ProviderVoices): string | undefined {
  const isOfV1 = REALTIME_VOICES_V1.some((name) => name === voice);
  if (voice === '' || (names?.includes(voice) ?? !isOfV1)) return undefined;
  const choice = names ?? REALTIME_VOICES_V2;
  return `Voice ${voice} does not exist in realtime v2; choose one of ${choice.join(', ')}`;
}
