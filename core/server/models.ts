import type { Model } from '../protocol/index.ts';

/** What a model is known to take when nothing else is said about it. */
type CatalogueEntry = {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly contextWindow: number;
  readonly efforts: readonly string[];
};

const EFFORTS = ['low', 'medium', 'high'] as const;

/** Models shown for the built-in provider, the default first. */
const OPENAI_MODELS: readonly CatalogueEntry[] = [
  {
    slug: 'gpt-5.5',
    displayName: 'GPT-5.5',
    description: 'The general choice for work in the background.',
    contextWindow: 272_000,
    efforts: EFFORTS,
  },
];

const PRACTICE_MODELS: readonly CatalogueEntry[] = [
  {
    slug: 'parley-practice',
    displayName: 'Practice',
    description: 'Built in, works without a key or a network, and is no real model.',
    contextWindow: 128_000,
    efforts: [],
  },
];

export const DEFAULT_REALTIME_MODEL = 'gpt-realtime-1.5';
export const PRACTICE_REALTIME_MODEL = 'parley-practice-realtime';

const catalogueOf = (providerKind: string): readonly CatalogueEntry[] =>
  providerKind === 'practice' ? PRACTICE_MODELS : OPENAI_MODELS;

/** The text model used when neither the request nor the configuration names one. */
export function defaultModel(providerKind: string): string {
  return catalogueOf(providerKind)[0]?.slug ?? 'gpt-5.5';
}

/** Tokens that fit, or null for a model nobody described. */
export function contextWindowOf(model: string): number | null {
  const entry = [...OPENAI_MODELS, ...PRACTICE_MODELS].find(({ slug }) => slug === model);
  return entry?.contextWindow ?? null;
}

/** The models a client may offer for a provider (app-server §11). */
export function listModels(providerKind: string): Model[] {
  return catalogueOf(providerKind).map(({ slug, displayName, description, efforts }, index) => ({
    id: slug,
    model: slug,
    displayName,
    description,
    hidden: false,
    isDefault: index === 0,
    supportedReasoningEfforts: efforts.map((reasoningEffort) => ({
      reasoningEffort,
      description: `${reasoningEffort} reasoning effort`,
    })),
    defaultReasoningEffort: 'medium',
    inputModalities: ['text', 'image'],
    supportsPersonality: false,
    additionalSpeedTiers: [],
    serviceTiers: [],
    defaultServiceTier: null,
    upgrade: null,
    upgradeInfo: null,
    availabilityNux: null,
  }));
}
