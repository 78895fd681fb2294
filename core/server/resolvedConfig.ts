import {
  type Config,
  type ConfigWarning,
  type ForbiddenSetting,
  loadConfig,
  readRequirements,
  type Requirements,
  resolveCascade,
  type ResolvedProvider,
} from '../config/index.ts';
import {
  type Features,
  type FeatureWarning,
  forbiddenSwitches,
  resolveFeatures,
} from '../features/index.ts';
import { configuredPermissions, startingPermissions } from '../permissions/index.ts';
import { systemFolder } from '../platform/index.ts';
import { findProvider, type FoundProvider, type KeysWarning } from '../providers/index.ts';
import type { EngineOptions } from './engineOptions.ts';

/** What is fixed for this machine and is not as it was asked for, or cannot be seen to. */
export type RequirementsWarning = {
  readonly code: 'requirements';
  /** One sentence for a person. */
  readonly message: string;
};

/** Something odd that stops nothing by itself. */
export type SettingsWarning = ConfigWarning | FeatureWarning | KeysWarning | RequirementsWarning;

/** The configuration as it stands, and what follows from it. */
export type ResolvedConfig = {
  readonly config: Config;
  readonly provider: ResolvedProvider;
  readonly features: Features;
  readonly requirements: Requirements;
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
  const folder = systemFolderOf(options);
  const requirements = readRequirements(folder);
  const loaded = loadConfig({ home, systemFolder: folder, overrides, requestConfig });
  const { config, locate } = loaded;
  const resolved = resolveFeatures({ config, requirements, enable, disable });
  const found = await usable(config, { home, env }).catch((error: unknown) => {
    throw locate(error);
  });
  return {
    config,
    provider: found.provider,
    features: resolved.features,
    requirements,
    warnings: [
      ...loaded.warnings,
      ...resolved.warnings,
      ...found.warnings,
      ...warningsOf(config, requirements),
    ],
  };
}

/** Where this machine's own settings and requirements are. */
export function systemFolderOf({
  systemFolder: folder,
  env,
}: Pick<EngineOptions, 'systemFolder' | 'env'>): string {
  return folder ?? systemFolder(env);
}

/** What in settings stands against the requirements, as far as a client is not to write it. Throws ConfigError. */
export function forbiddenSettings(
  config: Config,
  options: Pick<EngineOptions, 'systemFolder' | 'env'>,
): readonly ForbiddenSetting[] {
  return forbiddenSwitches(config, readRequirements(systemFolderOf(options)));
}

function warningsOf(config: Config, requirements: Requirements): readonly RequirementsWarning[] {
  const unenforced = requirements.unenforced.map(
    ({ value, file }) => `${file} fixes ${value.join('.')}, which nothing here sees to.`,
  );
  const { warnings } = startingPermissions(config, requirements);
  return [...unenforced, ...warnings].map((message) => ({ code: 'requirements', message }));
}
