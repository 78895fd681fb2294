import { type Config, toConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { describeIssue } from './issues.ts';
import { formatKeyPath, type KeyPath, mergeTables, type Table, valueAt } from './keyPath.ts';
import { type Layer, layerOf, overrideLayer, readFileLayer, requestLayer } from './layers.ts';
import { ConfigFile } from './schema.ts';
import { findUnknownKeys } from './unknownKeys.ts';

export type ConfigSources = {
  readonly home: string;
  /** Values of `-c key.path=TOML`, in order; they win over the file. */
  readonly overrides?: readonly string[] | undefined;
  /** The `config` of a `thread/start`, dotted keys allowed; wins over everything. */
  readonly requestConfig?: Readonly<Record<string, unknown>> | undefined;
};

/** Something a person should know and can live with; a command may treat it as an error. */
export type ConfigWarning = {
  readonly code: 'unknownKey';
  readonly key: string;
  /** null when the key did not come from a file. */
  readonly file: string | null;
  /** One sentence, with the key that was probably meant. */
  readonly message: string;
};

export type LoadedConfig = {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
};

/** Provider ids that mean something already and so cannot be given a table. */
const RESERVED_PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'use openai_base_url to point it elsewhere, or choose another name',
  practice: 'it is the built-in practice provider; choose another name',
};

/**
 * Reads `config.toml` of the home folder and lays the overrides over it. A missing file is an empty
 * one. Throws ConfigError with one sentence for a person: the place, the key, what is allowed.
 */
export function loadConfig({ home, overrides = [], requestConfig }: ConfigSources): LoadedConfig {
  return configOf([
    ...readFileLayer(home),
    ...overrides.map(overrideLayer),
    ...(requestConfig === undefined ? [] : [requestLayer(requestConfig)]),
  ]);
}

/** The same for layers that have been read already. */
export function configOf(layers: readonly Layer[]): LoadedConfig {
  const merged = layers.reduce<Table>((table, layer) => mergeTables(table, layer.table), {});
  const parsed = ConfigFile.safeParse(merged);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw parsed.error;
    const path = issue.path.map(String);
    throw problem(layers, path, describeIssue(issue, valueAt(merged, path)));
  }
  for (const id of Object.keys(parsed.data.model_providers ?? {})) {
    if (!Object.hasOwn(RESERVED_PROVIDERS, id)) continue;
    throw problem(
      layers,
      ['model_providers', id],
      `cannot be redefined: ${RESERVED_PROVIDERS[id] ?? ''}`,
    );
  }
  return { config: toConfig(parsed.data), warnings: warningsOf(layers, merged) };
}

function problem(layers: readonly Layer[], path: KeyPath, what: string): ConfigError {
  // A key that is missing stands nowhere; then the table that lacks it is the place.
  const layer = layerOf(layers, path) ?? layerOf(layers, path.slice(0, -1));
  const key = formatKeyPath(path);
  return new ConfigError(
    `${layer === undefined ? '' : `${layer.label}: `}${key} ${what}.`,
    layer?.file === undefined ? { key } : { key, file: layer.file },
  );
}

function warningsOf(layers: readonly Layer[], merged: Table): readonly ConfigWarning[] {
  return findUnknownKeys(ConfigFile, merged).map(({ path, suggestion }) => {
    const layer = layerOf(layers, path);
    const key = formatKeyPath(path);
    const where = layer === undefined ? '' : ` in ${layer.label}`;
    const hint = suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
    return {
      code: 'unknownKey',
      key,
      file: layer?.file ?? null,
      message: `Unknown key ${key}${where}${hint === '' ? '.' : hint}`,
    };
  });
}
