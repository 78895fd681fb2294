import { type Config, nearest } from '../config/index.ts';
import { FOREIGN_FEATURES } from './foreignFeatures.ts';
import { type FeatureName, features, type FeatureSpec } from './registry.ts';

/** Who asked for a feature. */
export type FeatureSource = 'config' | '--enable' | '--disable';

/** A switch that did not do what it says; nothing fails because of it. */
export type FeatureWarning = {
  readonly code: 'unknownFeature' | 'renamedFeature' | 'removedFeature';
  readonly feature: string;
  readonly source: FeatureSource;
  /** One sentence for a person. */
  readonly message: string;
};

export type ResolvedFeatures<Name extends string = FeatureName> = {
  isEnabled(name: Name): boolean;
  readonly warnings: readonly FeatureWarning[];
};

type Registry = Readonly<Record<string, FeatureSpec>>;
type Switch = { readonly name: string; readonly value: boolean; readonly source: FeatureSource };

/**
 * Works out which features are on: defaults, then `[features]` of the configuration, then `enable`,
 * then `disable`, the later winning. Never throws.
 */
export function resolveFeatures(
  config: Pick<Config, 'features'>,
  enable: readonly string[] = [],
  disable: readonly string[] = [],
): ResolvedFeatures {
  return resolveWith(features, config, enable, disable);
}

/** `resolveFeatures` for any registry, so that rules no present feature needs are tested too. */
export function resolveWith<Table extends Registry>(
  registry: Table,
  config: Pick<Config, 'features'>,
  enable: readonly string[],
  disable: readonly string[],
): ResolvedFeatures<keyof Table & string> {
  const values = new Map(
    Object.entries(registry).map(([name, spec]) => [name, spec.isOnByDefault]),
  );
  const warnings: FeatureWarning[] = [];
  for (const wanted of switches(config, enable, disable)) {
    const name = canonicalName(registry, wanted.name);
    const spec = name === undefined ? undefined : registry[name];
    const warning = warningFor(registry, wanted, name, spec);
    if (warning !== undefined) warnings.push(warning);
    if (name !== undefined && spec?.stage !== 'removed') values.set(name, wanted.value);
  }
  return { isEnabled: (name) => values.get(name) ?? false, warnings };
}

function switches(
  config: Pick<Config, 'features'>,
  enable: readonly string[],
  disable: readonly string[],
): readonly Switch[] {
  return [
    ...Array.from(config.features, ([name, value]) => ({ name, value, source: 'config' as const })),
    ...enable.map((name) => ({ name, value: true, source: '--enable' as const })),
    ...disable.map((name) => ({ name, value: false, source: '--disable' as const })),
  ];
}

function canonicalName(registry: Registry, name: string): string | undefined {
  if (Object.hasOwn(registry, name)) return name;
  return Object.entries(registry).find(([, spec]) => spec.aliases.includes(name))?.[0];
}

function warningFor(
  registry: Registry,
  wanted: Switch,
  name: string | undefined,
  spec: FeatureSpec | undefined,
): FeatureWarning | undefined {
  const { name: feature, source } = wanted;
  if (name === undefined) {
    if (source === 'config' && FOREIGN_FEATURES.has(feature)) return undefined;
    const suggestion = nearest(feature, Object.keys(registry));
    const hint = suggestion === undefined ? '.' : `; did you mean ${JSON.stringify(suggestion)}?`;
    const message = `Unknown feature ${feature} (${source})${hint}`;
    return { code: 'unknownFeature', feature, source, message };
  }
  if (spec?.stage === 'removed') {
    const message = `Feature ${feature} (${source}) has been removed; the switch has no effect.`;
    return { code: 'removedFeature', feature, source, message };
  }
  if (name === feature) return undefined;
  const message = `Feature ${feature} (${source}) is now called ${name}.`;
  return { code: 'renamedFeature', feature, source, message };
}
