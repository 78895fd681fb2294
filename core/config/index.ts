export { type Cascade, resolveCascade, type SpeechPart } from './cascade.ts';
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
export { nearest } from './editDistance.ts';
export { ConfigError, type ConfigPlace } from './errors.ts';
export type { TextRange } from './toml/index.ts';
export {
  type ConfigSources,
  type ConfigWarning,
  type LoadedConfig,
  loadConfig,
} from './loadConfig.ts';
export { KNOWN_KEYS } from './unknownKeys.ts';
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
  type CredentialSource,
  type RemoteProvider,
  type ResolvedProvider,
  resolveProvider,
} from './provider.ts';
export { realtimeCallsUrl, realtimeUrl, type RealtimeTarget } from './realtimeUrl.ts';
