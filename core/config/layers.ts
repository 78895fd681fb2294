import { join } from 'node:path';

import { parse, TomlError } from 'smol-toml';

import { errorText, hasCode, withoutByteOrderMark } from '../base/index.ts';
import { readSettingsText } from '../platform/index.ts';
import { ConfigError, placeWords } from './errors.ts';
import {
  isTable,
  type KeyPath,
  mergeTables,
  nest,
  parseKeyPath,
  type Table,
  rangeAt,
} from './toml/index.ts';

/** Where a layer stands among the others (app-server §10). */
export type LayerKind =
  | { readonly type: 'system' }
  | { readonly type: 'user'; readonly profile: string | undefined }
  | { readonly type: 'sessionFlags' };

/** One source of settings; `label` says to a person where it came from. */
export type Layer = {
  readonly kind: LayerKind;
  readonly label: string;
  readonly file: string | undefined;
  /** What stands in the file, for places in it; empty for what is no file. */
  readonly text: string;
  readonly table: Table;
  /** The table of the file that it is, where it is not the whole file. */
  readonly within?: KeyPath;
};

/** The user's own file of settings. */
export const configPath = (home: string): string => join(home, 'config.toml');

const USER: LayerKind = { type: 'user', profile: undefined };
export const SYSTEM: LayerKind = { type: 'system' };
const FLAGS: LayerKind = { type: 'sessionFlags' };

/** What stands in the files of this machine and of this user, as far as there are any. */
export function readFileLayers(home: string, systemFolder: string | undefined): readonly Layer[] {
  return [
    ...(systemFolder === undefined ? [] : readFileLayer(configPath(systemFolder), SYSTEM)),
    ...readFileLayer(configPath(home), USER),
  ];
}

/** A file as a layer, or nothing when there is none. */
export function readFileLayer(file: string, kind: LayerKind): readonly Layer[] {
  const text = readText(file);
  return text === undefined ? [] : [fileLayer(file, text, kind)];
}

/** What stands in a file of settings; undefined when there is none. Throws ConfigError. */
export function readText(file: string): string | undefined {
  try {
    return readSettingsText(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw unreadable(file, error);
  }
}

/** Why the file of settings cannot be read, and what to do. */
export function unreadable(file: string, error: unknown): ConfigError {
  const words = hasCode(error, 'EISDIR')
    ? `${file} is a folder; put the settings file in its place, or remove it.`
    : `${file} cannot be read: ${errorText(error)}; make it readable for this user, or remove it.`;
  return new ConfigError(words, { file }, { cause: error });
}

/** The layer a file with this content would be; throws ConfigError when it is not TOML. */
export function fileLayer(file: string, text: string, kind: LayerKind = USER): Layer {
  const toml = withoutByteOrderMark(text);
  return { kind, label: file, file, text: toml, table: parseFile(file, toml) };
}

/** What was last found in each file. Most requests read one that nobody has changed, and a long one takes a while. */
const lastParsed = new Map<string, { readonly toml: string; readonly table: Table }>();

function parseFile(file: string, toml: string): Table {
  const known = lastParsed.get(file);
  if (known?.toml === toml) return known.table;
  try {
    const table = parse(toml);
    lastParsed.set(file, { toml, table });
    return table;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const range = rangeAt(toml, error.line, error.column);
    throw new ConfigError(
      `${placeWords(file, range)}: this is not valid TOML (${reason(error)}); mend it here, then try again.`,
      { file, range },
      { cause: error },
    );
  }
}

/** The parser's message continues with a drawing of the place, which does not fit into a sentence. */
function reason(error: TomlError): string {
  const [firstLine = ''] = error.message.split('\n');
  return firstLine.replace(/^Invalid TOML document: /, '');
}

/** One `-c key.path=value` of the command line; a value that is not TOML is a string. */
export function overrideLayer(override: string): Layer {
  const label = `-c ${override.split('=')[0] ?? ''}`;
  const split = splitAssignment(override);
  if (split === undefined) {
    throw new ConfigError(`-c needs key=value, for example -c model="gpt-5", not ${override}.`);
  }
  const path = parseKeyPath(split.key);
  if (path === undefined) {
    throw new ConfigError(`-c: ${split.key} is not a key; write parts joined by dots.`);
  }
  const table = nest(path, parseValue(split.value));
  return { kind: FLAGS, label, file: undefined, text: '', table };
}

/** The first equals sign outside quotes divides key and value. */
function splitAssignment(text: string): { key: string; value: string } | undefined {
  const match = /^((?:[^='"]|"[^"]*"|'[^']*')+)=(.*)$/s.exec(text);
  const [, key, value] = match ?? [];
  return key === undefined || value === undefined
    ? undefined
    : { key: key.trim(), value: value.trim() };
}

function parseValue(text: string): unknown {
  try {
    const table = parse(`value = ${text}`);
    // A second line in the text would otherwise set a second key.
    if (Object.keys(table).length === 1) return table['value'];
  } catch {
    // Not TOML, so it is meant as a plain string.
  }
  return text;
}

/** The `config` of a request: nested tables, dotted keys or both; null means not set. */
export function requestLayer(config: Readonly<Record<string, unknown>>): Layer {
  let table: Table = {};
  for (const [key, value] of Object.entries(config)) {
    if (value === null || value === undefined) continue;
    const path = parseKeyPath(key);
    if (path === undefined) {
      throw new ConfigError(`The request's config key ${JSON.stringify(key)} is not a key.`);
    }
    table = mergeTables(table, nest(path, withoutNulls(value)));
  }
  return { kind: FLAGS, label: "the request's config", file: undefined, text: '', table };
}

/** A value without the fields that are null, which TOML cannot say. */
export function withoutNulls(value: unknown): unknown {
  if (!isTable(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([key, field]) => [key, withoutNulls(field)]),
  );
}

/** The layer that decides a path: the last one that has something there. */
export function layerOf(layers: readonly Layer[], path: KeyPath): Layer | undefined {
  return layers.findLast((layer) => {
    let node: unknown = layer.table;
    for (const part of path) {
      // A scalar or list above the path replaces everything below it.
      if (!isTable(node)) return true;
      if (!Object.hasOwn(node, part)) return false;
      node = node[part];
    }
    return true;
  });
}
