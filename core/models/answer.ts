import * as z from 'zod';

import { builtinModels } from './builtin.ts';
import { type CatalogueEntry, FAST, FAST_TIER, unknownEntry } from './entry.ts';

/** What a provider answered when it was asked for its models. */
export type ModelsAnswer = {
  /** `full` describes models; of `names` (OpenAI's plain list) nothing but the names is known. */
  readonly kind: 'full' | 'names';
  readonly entries: readonly CatalogueEntry[];
};

const text = z.string().nullish().catch(null);
const flag = z.boolean().nullish().catch(null);
/** OpenAI's list: a date, null where none is announced; what cannot be read is as good as nothing said. */
const day = z.iso.date().nullish().catch(undefined);
/** Named plainly, or with words about the change. */
const successor = z
  .union([
    z.string().min(1),
    z.object({ model: z.string().min(1) }).transform(({ model }) => model),
  ])
  .nullish()
  .catch(null);
const tokens = z.int().positive().nullish().catch(null);

const Tier = z.object({ id: z.string(), name: text, description: text });
const Effort = z.object({ effort: z.string(), description: text });

/** One model as the provider describes it; a field that is not understood costs only itself. */
const ModelInfo = z.object({
  slug: z.string().min(1),
  display_name: text,
  description: text,
  visibility: text,
  priority: z.number().nullish().catch(null),
  context_window: tokens,
  max_context_window: tokens,
  auto_compact_token_limit: tokens,
  supported_reasoning_levels: z.array(Effort).nullish().catch(null),
  default_reasoning_level: text,
  default_reasoning_summary: text,
  support_verbosity: flag,
  default_verbosity: text,
  supports_parallel_tool_calls: flag,
  prefer_websockets: flag,
  input_modalities: z.array(z.string()).nullish().catch(null),
  additional_speed_tiers: z.array(z.string()).nullish().catch(null),
  service_tiers: z.array(Tier).nullish().catch(null),
  default_service_tier: text,
  use_responses_lite: flag,
  shutdown_date: day,
  upgrade: successor,
});
const Full = z.object({ models: z.array(z.unknown()) });
const Plain = z.object({ data: z.array(z.unknown()) });
const Named = z.object({ id: z.string().min(1), shutdown_date: day });

/** Reads an answer of either shape; undefined when it is neither. Entries nobody can read are left out. */
export function readModelsAnswer(value: unknown): ModelsAnswer | undefined {
  const full = Full.safeParse(value);
  if (full.success) {
    const infos = full.data.models.flatMap((model) => {
      const parsed = ModelInfo.safeParse(model);
      return parsed.success ? [parsed.data] : [];
    });
    // The smaller number comes first; those without one keep their order at the end.
    const sorted = infos.toSorted(
      (a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity) || 0,
    );
    return { kind: 'full', entries: sorted.map(toEntry) };
  }
  const plain = Plain.safeParse(value);
  if (!plain.success) return undefined;
  const entries = plain.data.data.flatMap((model) => {
    const parsed = Named.safeParse(model);
    if (!parsed.success) return [];
    const { id, shutdown_date: shutdownDate } = parsed.data;
    return [{ ...unknownEntry(id), shutdownDate }];
  });
  return { kind: 'names', entries };
}

function toEntry(info: z.infer<typeof ModelInfo>): CatalogueEntry {
  const tiers = (info.service_tiers ?? []).map(({ id, name, description }) => ({
    id,
    name: name ?? id,
    description: description ?? '',
  }));
  const speeds = info.additional_speed_tiers ?? [];
  const listsFast = tiers.some(({ id }) => id === FAST_TIER.id);
  const modalities = info.input_modalities?.filter((kind) => kind === 'text' || kind === 'image');
  return {
    slug: info.slug,
    displayName: info.display_name ?? info.slug,
    description: info.description ?? '',
    // A model that takes requests in a form of its own only cannot be offered.
    isHidden: (info.visibility ?? 'list') !== 'list' || info.use_responses_lite === true,
    contextWindow: info.context_window ?? null,
    maxContextWindow: info.max_context_window ?? null,
    autoCompactTokenLimit: info.auto_compact_token_limit ?? null,
    efforts: (info.supported_reasoning_levels ?? []).map(({ effort, description }) => ({
      effort,
      description: description ?? '',
    })),
    defaultEffort: info.default_reasoning_level ?? null,
    defaultSummary: info.default_reasoning_summary ?? null,
    supportsVerbosity: info.support_verbosity ?? false,
    defaultVerbosity: info.default_verbosity ?? null,
    supportsParallelToolCalls: info.supports_parallel_tool_calls ?? true,
    preferWebsockets: info.prefer_websockets ?? false,
    takesInterrupt: info.use_responses_lite ?? false,
    inputModalities: modalities,
    additionalSpeedTiers: speeds,
    serviceTiers: speeds.includes(FAST) && !listsFast ? [FAST_TIER, ...tiers] : tiers,
    defaultServiceTier: info.default_service_tier ?? null,
    shutdownDate: info.shutdown_date,
    successor: info.upgrade ?? undefined,
  };
}

/** The models of a provider whose list says this; its body may be anything. */
export function describedModels(body: unknown, providerKind: string): readonly CatalogueEntry[] {
  return mergeModels(builtinModels(providerKind), readModelsAnswer(body), providerKind);
}

/**
 * What there is altogether: a provider's descriptions win over the built-in ones and stand first. Mere
 * names get the built-in facts; a server of the person's own has what it names and nothing else, while
 * OpenAI's list also names what takes no text turns, so its unknown names are known but not offered.
 */
export function mergeModels(
  builtin: readonly CatalogueEntry[],
  answer: ModelsAnswer | undefined,
  providerKind: string,
): readonly CatalogueEntry[] {
  if (answer === undefined || answer.entries.length === 0) return builtin;
  if (answer.kind === 'full') {
    return [...answer.entries, ...builtin.filter(({ slug }) => !has(answer.entries, slug))];
  }
  const named = answer.entries.map((entry) => {
    const known = builtin.find(({ slug }) => slug === entry.slug);
    return known === undefined ? entry : { ...known, shutdownDate: entry.shutdownDate };
  });
  if (providerKind === 'custom') return named;
  const others = named.filter(({ slug }) => !has(builtin, slug));
  return [
    ...builtin.map((known) => named.find(({ slug }) => slug === known.slug) ?? known),
    ...others.map(notOffered),
  ];
}

const notOffered = (entry: CatalogueEntry): CatalogueEntry => ({ ...entry, isHidden: true });

const has = (entries: readonly CatalogueEntry[], slug: string): boolean =>
  entries.some((entry) => entry.slug === slug);
