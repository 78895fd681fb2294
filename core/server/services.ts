import type { Clock, NewId } from '../base/index.ts';
import type { Commands } from '../commands/index.ts';
import type { ConfigStore, Requirements } from '../config/index.ts';
import type { FeatureName } from '../features/index.ts';
import type { Providers } from '../providers/index.ts';
import type { Recordings } from '../recordings/index.ts';
import type { ThreadStore } from '../store/index.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { EngineOptions } from './engineOptions.ts';
import type { ResolvedConfig } from './resolvedConfig.ts';
import type { RunningSearches } from './runningSearches.ts';
import type { ServerRequests } from './serverRequests.ts';
import type { ThreadRegistry } from './threads/index.ts';

/** What the handlers of all methods share. */
export type Services = {
  readonly options: EngineOptions;
  readonly threads: ThreadRegistry;
  readonly store: ThreadStore;
  readonly recordings: Recordings;
  readonly commands: Commands;
  readonly searches: RunningSearches;
  readonly subscriptions: Subscriptions;
  readonly requests: ServerRequests;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly providers: Providers;
  readonly configStore: ConfigStore;
  /** Features that a client has turned for as long as this engine runs. */
  readonly toggles: Map<FeatureName, boolean>;
  /** What is fixed for this machine, whatever the settings are. */
  readonly readRequirements: () => Promise<Requirements>;
  /** What a new thread would get, by the configuration as it is now and the request's own. */
  readonly resolveConfig: (
    requestConfig?: Readonly<Record<string, unknown>>,
  ) => Promise<ResolvedConfig>;
};
