import {
  type Config,
  type ConfigWarning,
  loadConfig,
  resolveCascade,
  type ResolvedProvider,
} from '../config/index.ts';
import { type FeatureWarning, type ResolvedFeatures, resolveFeatures } from '../features/index.ts';
import { configuredPermissions } from '../permissions/index.ts';
import { findProvider, type FoundProvider, type KeysWarning } from '../providers/index.ts';
import type { EngineOptions } from './engineOptions.ts';

/** Something odd that stops nothing by itself. */
export type SettingsWarning = ConfigWarning | FeatureWarning | KeysWarning;

/** The configuration as it stands, and what follows from it. */
export type ResolvedConfig = {
  readonly config: Config;
  readonly provider: ResolvedProvider;
  readonly features: ResolvedFeatures;
  /** What was odd in it. */
  readonly warnings: readonly SettingsWarning[];
};

/** Throws a `ProductError` where no thread can be started with these settings. */
export async function checkUsable(
  config: Config,
  { home, env }: Pick<EngineOptions, 'home' | 'env'>,
): Promise<void> {
  configuredPermissions(config);
  await usable(config, { home, env });
}

/** The provider of the text; that the one of the voice can be found is seen as well. */
async function usable(
  config: Config,
  { home, env }: Pick<EngineOptions, 'home' | 'env'>,
): Promise<FoundProvider> {
  resolveCascade(config, env);
  return findProvider(config, { home, env });
}

/** Reads it, with a request's own settings over the rest. Throws ProductError. */
export async function resolveConfig(
  options: Omit<EngineOptions, 'clock'>,
  requestConfig?: Readonly<Record<string, unknown>>,
): Promise<ResolvedConfig> {
  const { home, env, configOverrides: overrides, enable, disable } = options;
  const { config, warnings, locate } = loadConfig({ home, overrides, requestConfig });
  const features = resolveFeatures(config, enable, disable);
  const found = await usable(config, { home, env }).catch((error: unknown) => {
    throw locate(error);
  });
  return {
    config,
    provider: found.provider,
    features,
    warnings: [...warnings, ...features.warnings, ...found.warnings],
  };
}
