import { type Config, nearest, type Requirements } from '../config/index.ts';
import { FeatureSet, pinWords } from './featureSet.ts';
import { FOREIGN_FEATURES } from './foreignFeatures.ts';
import { type Pins, pinsOf, unknownPins } from './pins.ts';
import { canonicalName, type FeatureName, features, type FeatureSpec } from './registry.ts';

/** Who asked for a feature. */
export type FeatureSource = 'config' | '--enable' | '--disable' | 'requirements';

/** A switch that did not do what it says; nothing fails because of it. */
export type FeatureWarning = {
  readonly code: 'unknownFeature' | 'renamedFeature' | 'removedFeature' | 'pinnedFeature';
  readonly feature: string;
  readonly source: FeatureSource;
  /** One sentence for a person. */
  readonly message: string;
};

/** The features as they are used. */
export type Features = FeatureSet<FeatureName>;

export type ResolvedFeatures<Name extends string = FeatureName> = {
  readonly features: FeatureSet<Name>;
  readonly warnings: readonly FeatureWarning[];
};

/** What decides about features, beside what each is by itself. */
export type FeatureSettings = {
  readonly config: Pick<Config, 'features'>;
  readonly requirements: Pick<Requirements, 'features'>;
  readonly enable?: readonly string[];
  readonly disable?: readonly string[];
};

type Registry = Readonly<Record<string, FeatureSpec>>;
type Switch = { readonly name: string; readonly value: boolean; readonly source: FeatureSource };

/**
 * Works out which features are on: defaults, then `[features]` of the configuration, then `enable`,
 * then `disable`, the later winning, and the requirements over all of them. Throws ConfigError for requirements
 * that cannot be met, and for nothing else.
 */
export function resolveFeatures(settings: FeatureSettings): ResolvedFeatures {
  return resolveWith(features, settings);
}

/** `resolveFeatures` for any registry, so that rules no present feature needs are tested too. */
export function resolveWith<Name extends string>(
  registry: Readonly<Record<Name, FeatureSpec>>,
  { config, requirements, enable = [], disable = [] }: FeatureSettings,
): ResolvedFeatures<Name> {
  const set = FeatureSet.ofDefaults(registry, pinsOf(registry, requirements));
  const warnings: FeatureWarning[] = unknownPins(registry, requirements).map(({ name, file }) => ({
    code: 'unknownFeature',
    feature: name,
    source: 'requirements',
    message: `${file} fixes feature ${name}, which is unknown here.`,
  }));
  for (const wanted of switches(config, enable, disable)) {
    const name = canonicalName(registry, wanted.name);
    const warning = warningFor(registry, wanted, name);
    if (warning !== undefined) warnings.push(warning);
    if (name === undefined) continue;
    const change = set.set(name, wanted.value);
    const pin = set.pinOf(name);
    if (change.isDone || pin === undefined) continue;
    warnings.push({
      code: 'pinnedFeature',
      feature: wanted.name,
      source: wanted.source,
      message: `${pinWords(name, pin)}; what ${wanted.source} says of it has no effect.`,
    });
  }
  return { features: set, warnings };
}

/** A switch that the requirements do not let be, as its dotted key, and who says so. */
export type ForbiddenSwitch = { readonly key: string; readonly reason: string };

/** The switches of settings, those of their profiles included, that stand against the requirements. Throws ConfigError. */
export function forbiddenSwitches(
  config: Pick<Config, 'features' | 'profiles'>,
  requirements: Pick<Requirements, 'features'>,
): readonly ForbiddenSwitch[] {
  return forbiddenWith(features, config, requirements);
}

/** `forbiddenSwitches` for any registry. */
export function forbiddenWith(
  registry: Registry,
  config: Pick<Config, 'features' | 'profiles'>,
  requirements: Pick<Requirements, 'features'>,
): readonly ForbiddenSwitch[] {
  const pins = pinsOf(registry, requirements);
  return [
    ...againstPins(registry, pins, 'features', config.features),
    ...Array.from(config.profiles).flatMap(([id, profile]) =>
      againstPins(registry, pins, `profiles.${id}.features`, profile.features),
    ),
  ];
}

function againstPins(
  registry: Registry,
  pins: Pins,
  table: string,
  wanted: ReadonlyMap<string, boolean>,
): readonly ForbiddenSwitch[] {
  return Array.from(wanted).flatMap(([given, value]) => {
    const name = canonicalName(registry, given);
    const pin = name === undefined ? undefined : pins.get(name);
    if (name === undefined || pin === undefined || pin.value === value) return [];
    return [{ key: `${table}.${given}`, reason: pinWords(name, pin) }];
  });
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

function warningFor(
  registry: Registry,
  wanted: Switch,
  name: string | undefined,
): FeatureWarning | undefined {
  const { name: feature, source } = wanted;
  if (name === undefined) {
    if (source === 'config' && FOREIGN_FEATURES.has(feature)) return undefined;
    const suggestion = nearest(feature, Object.keys(registry));
    const hint = suggestion === undefined ? '.' : `; did you mean ${JSON.stringify(suggestion)}?`;
    const message = `Unknown feature ${feature} (${source})${hint}`;
    return { code: 'unknownFeature', feature, source, message };
  }
  if (registry[name]?.stage === 'removed') {
    const message = `Feature ${feature} (${source}) has been removed; the switch has no effect.`;
    return { code: 'removedFeature', feature, source, message };
  }
  if (name === feature) return undefined;
  const message = `Feature ${feature} (${source}) is now called ${name}.`;
  return { code: 'renamedFeature', feature, source, message };
}
