import type { Clock } from '../base/index.ts';

/** What a host tells the engine about the process it runs in. */
export type EngineOptions = {
  /** The folder with config.toml, threads and logs; created when first written to. */
  readonly home: string;
  /** The folder with settings and requirements for all users; this machine's own unless given. */
  readonly systemFolder?: string;
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
