import type { Features } from '../features/index.ts';
import type { Retirement } from './retirement.ts';

/** What is known about a model, whoever said it: the built-in list or the provider's own. */
export type CatalogueEntry = {
  readonly slug: string;
  readonly displayName: string;
  readonly description: string;
  readonly isHidden: boolean;
  /** Tokens that fit; null when nobody said. */
  readonly contextWindow: number | null;
  /** What a configured window may not go beyond; null when there is no such limit. */
  readonly maxContextWindow: number | null;
  /** Tokens from which on the conversation is compacted; null leaves it to a share of the window. */
  readonly autoCompactTokenLimit: number | null;
  /** Empty for models that do not reason. */
  readonly efforts: readonly { readonly effort: string; readonly description: string }[];
  readonly defaultEffort: string | null;
  readonly defaultSummary: string | null;
  readonly supportsVerbosity: boolean;
  readonly defaultVerbosity: string | null;
  readonly supportsParallelToolCalls: boolean;
  readonly preferWebsockets: boolean;
  /** It can be asked in the middle of an answer to stop and listen (responses §5.7). */
  readonly takesInterrupt: boolean;
  /** undefined when nobody said. */
  readonly inputModalities: readonly ('text' | 'image')[] | undefined;
  /** Speeds by their older names, as lists show them; those of `serviceTiers` need not be in it. */
  readonly additionalSpeedTiers: readonly string[];
  readonly serviceTiers: readonly ServiceTier[];
  readonly defaultServiceTier: string | null;
  /** `YYYY-MM-DD`; null where the provider says that no end is announced, undefined when nobody said. */
  readonly shutdownDate: string | null | undefined;
  /** What the provider would have people use instead. */
  readonly successor: string | undefined;
};

export type ServiceTier = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
};

/** The speed tier people know as Fast: `fast` in lists and settings, `priority` on the wire. */
export const FAST = 'fast';
export const PRIORITY = 'priority';
export const FAST_TIER: ServiceTier = {
  id: PRIORITY,
  name: 'Fast',
  description: 'Quicker answers at a higher price.',
};

/** A model of which only the name is known. */
export function unknownEntry(slug: string, isHidden = false): CatalogueEntry {
  return {
    slug,
    displayName: slug,
    description: '',
    isHidden,
    contextWindow: null,
    maxContextWindow: null,
    autoCompactTokenLimit: null,
    efforts: [],
    defaultEffort: null,
    defaultSummary: null,
    supportsVerbosity: false,
    defaultVerbosity: null,
    supportsParallelToolCalls: true,
    preferWebsockets: false,
    takesInterrupt: false,
    inputModalities: undefined,
    additionalSpeedTiers: [],
    serviceTiers: [],
    defaultServiceTier: null,
    shutdownDate: undefined,
    successor: undefined,
  };
}

/** What a request to a model needs to know about it. */
export type ModelFacts = Pick<
  CatalogueEntry,
  | 'slug'
  | 'contextWindow'
  | 'autoCompactTokenLimit'
  | 'defaultEffort'
  | 'defaultSummary'
  | 'supportsVerbosity'
  | 'defaultVerbosity'
  | 'supportsParallelToolCalls'
  | 'preferWebsockets'
  | 'takesInterrupt'
  | 'inputModalities'
  | 'serviceTiers'
> & {
  /** True while the provider may still say something about a model nobody knows yet. */
  readonly isPending: boolean;
  /** When the provider switches it off, where that is known. */
  readonly retirement: Retirement | undefined;
};

/** What the configuration says about how much a model is told; undefined where it says nothing. */
export type ConfiguredSizes = {
  readonly contextWindow: number | undefined;
  readonly compactLimit: number | undefined;
};

/** The facts of one model, with the configured sizes worked in. */
export function modelFacts(
  slug: string,
  entry: CatalogueEntry | undefined,
  configured: ConfiguredSizes,
  {
    isAsking,
    retirement,
  }: { readonly isAsking: boolean; readonly retirement: Retirement | undefined },
): ModelFacts {
  const known = entry ?? unknownEntry(slug);
  const contextWindow = resolveContextWindow(entry, configured.contextWindow);
  return {
    slug,
    contextWindow,
    autoCompactTokenLimit: resolveCompactLimit(known, contextWindow, configured.compactLimit),
    defaultEffort: known.defaultEffort,
    defaultSummary: known.defaultSummary,
    supportsVerbosity: known.supportsVerbosity,
    defaultVerbosity: known.defaultVerbosity,
    supportsParallelToolCalls: known.supportsParallelToolCalls,
    preferWebsockets: known.preferWebsockets,
    takesInterrupt: known.takesInterrupt,
    inputModalities: known.inputModalities,
    serviceTiers: known.serviceTiers,
    isPending: entry === undefined && isAsking,
    retirement,
  };
}

/**
 * The one place where a model's context window is worked out: the configured size, but not more
 * than the model's limit where it has one; without configuration the model's own; null = unknown.
 */
export function resolveContextWindow(
  entry: Pick<CatalogueEntry, 'contextWindow' | 'maxContextWindow'> | undefined,
  configuredWindow: number | undefined,
): number | null {
  const limit = entry?.maxContextWindow ?? null;
  if (configuredWindow === undefined) return entry?.contextWindow ?? limit;
  return limit === null ? configuredWindow : Math.min(configuredWindow, limit);
}

/** More than this of a window leaves too little for an answer. */
const COMPACTED_SHARE = 0.9;

/** From how many tokens on a conversation is compacted; null where nothing is known to go by. */
function resolveCompactLimit(
  { autoCompactTokenLimit }: Pick<CatalogueEntry, 'autoCompactTokenLimit'>,
  contextWindow: number | null,
  configuredLimit: number | undefined,
): number | null {
  const limit = configuredLimit ?? autoCompactTokenLimit;
  if (contextWindow === null) return limit;
  const most = Math.floor(contextWindow * COMPACTED_SHARE);
  return limit === null ? most : Math.min(limit, most);
}

/** What is sent as `service_tier`, and whether a wish had to be left out because of the model. */
export type TierChoice = { readonly tier: string | undefined; readonly isRefused: boolean };

/**
 * The wire's name of a tier somebody wants. Only what the model lists is sent; `flex` is every model's,
 * and `default` is what is had without asking. Fast needs its feature.
 */
export function chooseTier(
  wanted: string | null,
  facts: Pick<ModelFacts, 'serviceTiers'>,
  features: Pick<Features, 'isEnabled'>,
): TierChoice {
  const tier = wanted === FAST ? PRIORITY : wanted;
  if (tier === null || tier === 'default') return { tier: undefined, isRefused: false };
  if (tier === PRIORITY && !features.isEnabled('fast_mode')) {
    return { tier: undefined, isRefused: false };
  }
  if (tier === 'flex' || facts.serviceTiers.some(({ id }) => id === tier)) {
    return { tier, isRefused: false };
  }
  return { tier: undefined, isRefused: true };
}
