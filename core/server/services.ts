import type { Clock, NewId } from '../base/index.ts';
import type { ConfigStore } from '../config/index.ts';
import type { Catalogues } from '../providers/index.ts';
import type { Recordings } from '../recordings/index.ts';
import type { ThreadStore } from '../store/index.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { ResolvedConfig } from './resolvedConfig.ts';
import type { ServerRequests } from './serverRequests.ts';
import type { ThreadRegistry } from './threadRegistry.ts';

/** What a host tells the engine about the process it runs in. */
export type EngineOptions = {
  /** The folder with config.toml, threads and logs; created when first written to. */
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Raw `key=value` pairs of `-c`, the value being TOML or plain text. */
  readonly configOverrides: readonly string[];
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  readonly version: string;
  /** The system's own unless somebody else turns the hands. */
  readonly clock?: Clock;
};

/** What the handlers of all methods share. */
export type Services = {
  readonly options: EngineOptions;
  readonly threads: ThreadRegistry;
  readonly store: ThreadStore;
  readonly recordings: Recordings;
  readonly subscriptions: Subscriptions;
  readonly requests: ServerRequests;
  readonly newId: NewId;
  readonly clock: Clock;
  readonly catalogues: Catalogues;
  readonly configStore: ConfigStore;
  /** What a new thread would get, by the configuration as it is now and the request's own. */
  readonly resolveConfig: (
    requestConfig?: Readonly<Record<string, unknown>>,
  ) => Promise<ResolvedConfig>;
};
