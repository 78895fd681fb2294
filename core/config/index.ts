export type {
  CommandAuthConfig,
  Config,
  PermissionsConfig,
  ProviderConfig,
  RealtimeConfig,
} from './config.ts';
export {
  ConfigStore,
  type ConfigEdit,
  type ConfigView,
  type ConfigWritten,
  ConfigWriteError,
  type ForbiddenSetting,
} from './configStore.ts';
export { ConfigError, type ConfigPlace } from './errors.ts';
export type { TextRange } from './toml/index.ts';
export {
  type ConfigSources,
  type ConfigWarning,
  type LoadedConfig,
  loadConfig,
} from './loadConfig.ts';
export { KNOWN_KEYS, nearest } from './schema/index.ts';
export type { LayerKind } from './layers.ts';
export {
  NO_REQUIREMENTS,
  readRequirements,
  type Required,
  type Requirements,
  requirementsOf,
} from './requirements/index.ts';
export { type OwnerSetting, ownerSettingIn, ownerSettingOf } from './ownerSettings.ts';
export {
  type Cascade,
  type CredentialSource,
  realtimeCallsUrl,
  type RealtimeTarget,
  realtimeUrl,
  type RemoteProvider,
  resolveCascade,
  type ResolvedProvider,
  resolveProvider,
  type SpeechPart,
} from './providers/index.ts';
