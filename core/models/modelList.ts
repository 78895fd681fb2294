import type { Model } from '../protocol/index.ts';
import type { Retirement } from './retirement.ts';
import { type CatalogueEntry, FAST, PRIORITY, unknownEntry } from './entry.ts';

/** What old clients know; one of the 0.125.0 era fails on others (app-server §11). */
const EFFORTS: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

/**
 * Models as clients are offered them. The one a new thread gets is the default and always among them,
 * also when nobody has described it.
 */
export function listModels(
  entries: readonly CatalogueEntry[],
  options: {
    readonly defaultSlug: string;
    readonly includeHidden: boolean;
    readonly retirementOf: (slug: string) => Retirement | undefined;
  },
): readonly Model[] {
  const { defaultSlug, includeHidden, retirementOf } = options;
  const isKnown = entries.some(({ slug }) => slug === defaultSlug);
  const all = isKnown ? entries : [unknownEntry(defaultSlug), ...entries];
  return all
    .filter(({ slug, isHidden }) => includeHidden || !isHidden || slug === defaultSlug)
    .map((entry) => toModel(entry, entry.slug === defaultSlug, retirementOf(entry.slug)));
}

function toModel(
  entry: CatalogueEntry,
  isDefault: boolean,
  retirement: Retirement | undefined,
): Model {
  const { slug, displayName, description, serviceTiers } = entry;
  const speeds = entry.additionalSpeedTiers;
  const isFast = serviceTiers.some(({ id }) => id === PRIORITY);
  const efforts = entry.efforts.filter(({ effort }) => EFFORTS.has(effort));
  return {
    id: slug,
    model: slug,
    displayName,
    description,
    hidden: entry.isHidden,
    isDefault,
    supportedReasoningEfforts: efforts.map((known) => ({
      reasoningEffort: known.effort,
      description: known.description,
    })),
    defaultReasoningEffort: entry.defaultEffort ?? 'medium',
    inputModalities: [...(entry.inputModalities ?? ['text', 'image'])],
    supportsPersonality: false,
    additionalSpeedTiers: isFast ? [...new Set([FAST, ...speeds])] : [...speeds],
    serviceTiers: serviceTiers.map(({ id, name, description: about }) => ({
      id,
      name,
      description: about,
    })),
    defaultServiceTier: entry.defaultServiceTier,
    upgrade: retirement?.successor ?? entry.successor ?? null,
    upgradeInfo: null,
    availabilityNux: null,
    ...(retirement !== undefined && { shutdownDate: retirement.shutdownDate }),
  };
}
