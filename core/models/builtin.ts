import { type CatalogueEntry, FAST_TIER, unknownEntry } from './entry.ts';

const EFFORTS = ['low', 'medium', 'high', 'xhigh'].map((effort) => ({
  effort,
  description: `${effort} reasoning effort`,
}));

/** Models known for OpenAI and servers that speak like it, the default first. */
const OPENAI_MODELS: readonly [CatalogueEntry, ...CatalogueEntry[]] = [
  {
    ...unknownEntry('gpt-5.5'),
    displayName: 'GPT-5.5',
    description: 'The general choice for work in the background.',
    contextWindow: 272_000,
    efforts: EFFORTS,
    defaultEffort: 'medium',
    supportsVerbosity: true,
    defaultVerbosity: 'low',
    inputModalities: ['text', 'image'],
    serviceTiers: [FAST_TIER],
  },
];

const PRACTICE_MODELS: readonly [CatalogueEntry, ...CatalogueEntry[]] = [
  {
    ...unknownEntry('parley-practice'),
    displayName: 'Practice',
    description: 'Built in, works without a key or a network, and is no real model.',
    contextWindow: 128_000,
    inputModalities: ['text', 'image'],
  },
];

/** Who talks and who writes down what the user says, where neither the request nor the configuration tells. */
export type VoiceModels = { readonly realtime: string; readonly transcription: string };

const OPENAI_VOICE_MODELS: VoiceModels = {
  realtime: 'gpt-realtime-1.5',
  // For sound that a session cuts into turns; `gpt-live-transcribe` refuses turn detection (realtime-v2 §4.1).
  transcription: 'gpt-transcribe',
};

const PRACTICE_VOICE_MODELS: VoiceModels = {
  realtime: 'parley-practice-realtime',
  transcription: 'parley-practice-transcribe',
};

/** What is known of a provider's models before it is asked, the default first. */
export function builtinModels(
  providerKind: string,
): readonly [CatalogueEntry, ...CatalogueEntry[]] {
  return providerKind === 'practice' ? PRACTICE_MODELS : OPENAI_MODELS;
}

/** The text model used when neither the request nor the configuration names one. */
export function defaultModel(providerKind: string): string {
  return builtinModels(providerKind)[0].slug;
}

/** The models of a voice session, as `defaultModel` is the one of text turns. */
export function voiceModels(providerKind: string): VoiceModels {
  return providerKind === 'practice' ? PRACTICE_VOICE_MODELS : OPENAI_VOICE_MODELS;
}
