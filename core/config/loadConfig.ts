import { type Config, toConfig } from './config.ts';
import { ConfigError, type ConfigPlace, placeWords } from './errors.ts';
import {
  formatKeyPath,
  isTable,
  type KeyPath,
  mergeTables,
  parseKeyPath,
  type Table,
  valueAt,
  rangeOf,
} from './toml/index.ts';
import { type Layer, layerOf, overrideLayer, readFileLayers, requestLayer } from './layers.ts';
import { withProfile } from './profileLayers.ts';
import { ConfigFile, describeIssue, findUnknownKeys, Provider } from './schema/index.ts';

export type ConfigSources = {
  readonly home: string;
  /** Where what holds for all users of this machine stands; none unless given. */
  readonly systemFolder?: string | undefined;
  /** Values of `-c key.path=TOML`, in order; they win over the file. */
  readonly overrides?: readonly string[] | undefined;
  /** The `config` of a `thread/start`, dotted keys allowed; wins over everything. */
  readonly requestConfig?: Readonly<Record<string, unknown>> | undefined;
};

/** Something a person should know and can live with; a command may treat it as an error. */
export type ConfigWarning = {
  readonly code: 'unknownKey' | 'faultyProvider';
  /** Without `file` when the key did not come from one. */
  readonly place: ConfigPlace;
  /** One sentence, with the key that was probably meant. */
  readonly message: string;
};

export type LoadedConfig = {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
  /** Says of an error that names a key where the key is written; any other comes back as it was. */
  readonly locate: (error: unknown) => unknown;
};

/** Provider ids that mean something already and so cannot be given a table. */
const RESERVED_PROVIDERS: Readonly<Record<string, string>> = {
  openai: 'use openai_base_url to point it elsewhere, or choose another name',
  practice: 'it is the built-in practice provider; choose another name',
};

/**
 * Reads `config.toml` of the system and of the home folder and lays the chosen profile and the overrides over
 * them. A missing file is an empty one. Throws ConfigError with one sentence for a person: the place, the key, what is allowed.
 */
export function loadConfig({
  home,
  systemFolder,
  overrides = [],
  requestConfig,
}: ConfigSources): LoadedConfig {
  const files = readFileLayers(home, systemFolder);
  const flags = [
    ...overrides.map(overrideLayer),
    ...(requestConfig === undefined ? [] : [requestLayer(requestConfig)]),
  ];
  return configOf(chosen(files, flags, home));
}

/** A profile that is nowhere is told with the place that chooses it. */
function chosen(files: readonly Layer[], flags: readonly Layer[], home: string): readonly Layer[] {
  try {
    return withProfile(files, flags, home);
  } catch (error) {
    throw located([...files, ...flags], error);
  }
}

/** The same for layers that have been read already. */
export function configOf(layers: readonly Layer[]): LoadedConfig {
  const merged = layers.reduce<Table>((table, layer) => mergeTables(table, layer.table), {});
  const faultyProviders = faultsOfProviders(layers, merged);
  const parsed = ConfigFile.safeParse(withoutProviders(merged, faultyProviders));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw parsed.error;
    const path = issue.path.map(String);
    throw problem(layers, path, describeIssue(issue, valueAt(merged, path)));
  }
  return {
    config: toConfig(parsed.data, faultyProviders),
    warnings: [...warningsOfProviders(faultyProviders), ...warningsOf(layers, merged)],
    locate: (error) => located(layers, error),
  };
}

/** Each table by itself, so that a mistake in one concerns only whoever chooses that provider. */
function faultsOfProviders(
  layers: readonly Layer[],
  merged: Table,
): ReadonlyMap<string, ConfigError> {
  const tables = merged['model_providers'];
  const faults = new Map<string, ConfigError>();
  if (!isTable(tables)) return faults;
  for (const [id, table] of Object.entries(tables)) {
    const path = ['model_providers', id];
    if (Object.hasOwn(RESERVED_PROVIDERS, id)) {
      const what = `cannot be redefined: ${RESERVED_PROVIDERS[id] ?? ''}`;
      faults.set(id, problem(layers, path, what));
      continue;
    }
    const issue = Provider.safeParse(table).error?.issues[0];
    if (issue === undefined) continue;
    const within = issue.path.map(String);
    const what = describeIssue(issue, valueAt(table, within));
    faults.set(id, problem(layers, [...path, ...within], what));
  }
  return faults;
}

function withoutProviders(merged: Table, faulty: ReadonlyMap<string, unknown>): Table {
  const tables = merged['model_providers'];
  if (faulty.size === 0 || !isTable(tables)) return merged;
  const sound = Object.entries(tables).filter(([id]) => !faulty.has(id));
  return { ...merged, model_providers: Object.fromEntries(sound) };
}

function problem(layers: readonly Layer[], path: KeyPath, what: string): ConfigError {
  const { where, place } = placeOf(layers, path);
  const key = formatKeyPath(path);
  return new ConfigError(`${where === '' ? '' : `${where}: `}${key} ${what}.`, place);
}

/** Where a key was set, in words for the front of a sentence and as data. */
function placeOf(
  layers: readonly Layer[],
  path: KeyPath,
  part: 'key' | 'value' = 'value',
): { readonly where: string; readonly place: ConfigPlace } {
  const key = formatKeyPath(path);
  // A key that is missing stands nowhere; then the table that lacks it is the place.
  const layer = layerOf(layers, path) ?? layerOf(layers, path.slice(0, -1));
  if (layer?.file === undefined) return { where: layer?.label ?? '', place: { key } };
  const range = rangeOf(layer.text, [...(layer.within ?? []), ...path], part);
  const place = { key, file: layer.file, ...(range !== undefined && { range }) };
  return { where: placeWords(layer.file, range), place };
}

function located(layers: readonly Layer[], error: unknown): unknown {
  if (!(error instanceof ConfigError) || error.place.file !== undefined) return error;
  const path = error.place.key === undefined ? undefined : parseKeyPath(error.place.key);
  if (path === undefined) return error;
  const { where, place } = placeOf(layers, path);
  return where === ''
    ? error
    : new ConfigError(`${where}: ${error.message}`, place, { cause: error });
}

function warningsOfProviders(faulty: ReadonlyMap<string, ConfigError>): readonly ConfigWarning[] {
  return Array.from(faulty, ([id, { message, place }]) => ({
    code: 'faultyProvider',
    place,
    message: `${message} Until then provider ${id} cannot be used.`,
  }));
}

function warningsOf(layers: readonly Layer[], merged: Table): readonly ConfigWarning[] {
  // What the profile in use has is seen as its own layer.
  const profiles = layers.flatMap(({ within }) => (within === undefined ? [] : [within]));
  const unknown = findUnknownKeys(ConfigFile, merged).filter(
    ({ path }) => !profiles.some((within) => within.every((part, index) => path[index] === part)),
  );
  return unknown.map(({ path, suggestion }) => {
    const { where, place } = placeOf(layers, path, 'key');
    const hint = suggestion === undefined ? '' : `; did you mean ${JSON.stringify(suggestion)}?`;
    const key = formatKeyPath(path);
    return {
      code: 'unknownKey',
      place,
      message: `Unknown key ${key}${where === '' ? '' : ` in ${where}`}${hint === '' ? '.' : hint}`,
    };
  });
}
