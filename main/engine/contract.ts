import type { InitializeParams, Transport } from '../../core/protocol/index.ts';

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
};

/** A running engine, as its hosts see it. */
export interface Engine {
  /**
   * Serves one more client. `resumed` says that the host has answered this client's `initialize`
   * already (app-server §2), so the engine must not.
   */
  connect(transport: Transport, resumed?: { readonly initialize: InitializeParams }): void;
  /** What was odd in the configuration, one sentence each. */
  readonly warnings: readonly string[];
  /** Ends every connection and running turn; closing twice does nothing. */
  close(): Promise<void>;
}

/** Starts an engine; throws a `ProductError` with one clear sentence on a bad configuration. */
export type CreateEngine = (options: EngineOptions) => Promise<Engine>;
