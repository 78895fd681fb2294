import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { hasCode, ProductError } from '../base/index.ts';
import { PRIVATE_FILE_MODE, readSettingsText, writeFileAtomic } from '../platform/index.ts';
import type { Config } from './config.ts';
import {
  editToml,
  formatKeyPath,
  isTable,
  type KeyPath,
  mergeTables,
  parseKeyPath,
  type Table,
  valueAt,
} from './toml/index.ts';
import { HIDDEN, hideSecrets } from './hideSecrets.ts';
import {
  configPath,
  fileLayer,
  type Layer,
  layerOf,
  overrideLayer,
  unreadable,
  withoutNulls,
} from './layers.ts';
import { configOf } from './loadConfig.ts';

export type ConfigEdit = {
  /** Dotted, parts with dots in quotes. */
  readonly keyPath: string;
  /** null removes the key. */
  readonly value: unknown;
  readonly isUpsert: boolean;
};

/** One place settings come from, secrets left out; `file` is undefined for the command line. */
export type ConfigLayer = {
  readonly file: string | undefined;
  /** `sha256:` and the hash of what stands there. */
  readonly version: string;
  readonly config: Table;
};

export type ConfigView = {
  readonly config: Table;
  /** The layer that decides each value, by its dotted key. */
  readonly origins: ReadonlyMap<string, ConfigLayer>;
  /** The later win. */
  readonly layers: readonly ConfigLayer[];
};

export type ConfigWritten = {
  readonly file: string;
  readonly version: string;
  /** Set when the command line still decides over what was written. */
  readonly overridden:
    | { readonly key: string; readonly layer: ConfigLayer; readonly value: unknown }
    | undefined;
};

/** A change of the settings was refused; nothing was written. */
export class ConfigWriteError extends ProductError {
  readonly code = 'configWrite';
  readonly retryable = false;
  readonly reason: 'configValidationError' | 'configVersionConflict' | 'configLayerReadonly';

  constructor(reason: ConfigWriteError['reason'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

export type ConfigStoreOptions = {
  readonly home: string;
  readonly overrides: readonly string[];
  /** Throws a `ProductError` where no conversation could be started with these settings. */
  readonly check: (config: Config) => Promise<void>;
};

/** `config.toml` of the home folder as a client reads and changes it. Writes follow one another. */
export class ConfigStore {
  readonly #home: string;
  readonly #overrides: readonly Layer[];
  readonly #check: ConfigStoreOptions['check'];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigStoreOptions) {
    this.#home = options.home;
    this.#check = options.check;
    this.#overrides = options.overrides.map(overrideLayer);
  }

  /** Throws ConfigError for a file that is not TOML. */
  async read(): Promise<ConfigView> {
    const file = configPath(this.#home);
    const text = readText(file);
    const layers = [fileLayer(file, text), ...this.#overrides];
    const views = layers.map((layer) => viewOf(layer, text));
    const config = layers.reduce<Table>((table, layer) => mergeTables(table, layer.table), {});
    const origins = new Map(
      leavesOf(config).flatMap((path) => {
        const layer = layerOf(layers, path);
        const view = layer === undefined ? undefined : views[layers.indexOf(layer)];
        return view === undefined ? [] : [[formatKeyPath(path), view] as const];
      }),
    );
    return { config: hideSecrets(config), origins, layers: views };
  }

  /**
   * Makes all changes or none, keeping comments and order. Throws ConfigWriteError with one sentence
   * for a person when the result could not be used or the file is no longer of that version.
   */
  async write(
    edits: readonly ConfigEdit[],
    target: {
      readonly filePath?: string | undefined;
      readonly expectedVersion?: string | undefined;
    },
  ): Promise<ConfigWritten> {
    const writing = this.#queue.then(async () => this.#write(edits, target));
    this.#queue = writing.catch(() => undefined);
    return writing;
  }

  async #write(
    edits: readonly ConfigEdit[],
    { filePath, expectedVersion }: Parameters<ConfigStore['write']>[1],
  ): Promise<ConfigWritten> {
    const file = configPath(this.#home);
    if (filePath !== undefined && resolve(filePath) !== resolve(file)) {
      throw new ConfigWriteError('configLayerReadonly', `Only ${file} can be written.`);
    }
    const before = readText(file);
    if (expectedVersion !== undefined && expectedVersion !== versionOf(before)) {
      throw new ConfigWriteError(
        'configVersionConflict',
        `${file} has changed in the meantime; read it again before changing it.`,
      );
    }
    const changes = edits.map(readEdit);
    const after = await this.#checked(file, before, changes);
    if (after !== before) await this.#replace(file, after);
    return { file, version: versionOf(after), overridden: this.#overriddenBy(changes) };
  }

  async #checked(file: string, before: string, changes: readonly Change[]): Promise<string> {
    try {
      fileLayer(file, before);
      let text = before;
      for (const { path, value, isUpsert } of changes) {
        const edited = editToml(text, { path, value, isUpsert });
        if (edited === undefined) {
          throw new ConfigWriteError(
            'configValidationError',
            `${formatKeyPath(path)} cannot be changed safely in ${file}; please change it there.`,
          );
        }
        text = edited;
      }
      await this.#checkResult(fileLayer(file, before), fileLayer(file, text));
      return text;
    } catch (error) {
      if (!(error instanceof ProductError) || error instanceof ConfigWriteError) throw error;
      throw new ConfigWriteError('configValidationError', error.message, { cause: error });
    }
  }

  /**
   * Refuses what could not be used: also a provider that is faulty now and was not before, which a start
   * would only warn of. Places are left out, because the text they are in is never written.
   */
  async #checkResult(before: Layer, after: Layer): Promise<void> {
    const { config } = configOf([{ ...after, text: '' }]);
    const known = faultsOf(before);
    for (const [id, fault] of config.faultyProviders) if (!known.has(id)) throw fault;
    const problem = await this.#problemOf(() => config);
    if (problem === undefined) return;
    // A file that could not be used before is not made worse, and may take more than one change to mend.
    const problemBefore = await this.#problemOf(() => configOf([{ ...before, text: '' }]).config);
    if (problem.message !== problemBefore?.message) throw problem;
  }

  async #problemOf(read: () => Config): Promise<ProductError | undefined> {
    try {
      await this.#check(read());
      return undefined;
    } catch (error) {
      if (error instanceof ProductError) return error;
      throw error;
    }
  }

  async #replace(file: string, text: string): Promise<void> {
    // What a link points to is replaced, not the link.
    const path = await realpath(file).catch(() => file);
    const mode = await stat(path).then(
      (known) => known.mode & 0o777,
      () => PRIVATE_FILE_MODE,
    );
    await writeFileAtomic(path, text, mode);
  }

  #overriddenBy(changes: readonly Change[]): ConfigWritten['overridden'] {
    for (const { path } of changes) {
      const layer = this.#overrides.findLast(({ table }) => valueAt(table, path) !== undefined);
      if (layer === undefined) continue;
      const config = hideSecrets(layer.table);
      const view = viewOf(layer, '');
      return { key: formatKeyPath(path), layer: view, value: valueAt(config, path) };
    }
    return undefined;
  }
}

/** What is wrong in a file as it is can be mended by this very change, so it hinders none. */
function faultsOf(layer: Layer): ReadonlyMap<string, unknown> {
  try {
    return configOf([layer]).config.faultyProviders;
  } catch {
    return new Map();
  }
}

type Change = { readonly path: KeyPath; readonly value: unknown; readonly isUpsert: boolean };

function readEdit({ keyPath, value, isUpsert }: ConfigEdit): Change {
  const path = parseKeyPath(keyPath);
  if (path === undefined || path.length === 0) {
    throw new ConfigWriteError(
      'configValidationError',
      `${JSON.stringify(keyPath)} is not a key; write parts joined by dots.`,
    );
  }
  if ((JSON.stringify(value) ?? '').includes(HIDDEN)) {
    throw new ConfigWriteError(
      'configValidationError',
      `${keyPath} holds the mark ${HIDDEN} in place of a secret; write the keys you change alone.`,
    );
  }
  return { path, value: value === null ? undefined : withoutNulls(value), isUpsert };
}

function readText(file: string): string {
  try {
    return readSettingsText(file);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw unreadable(file, error);
  }
}

const versionOf = (text: string): string =>
  `sha256:${createHash('sha256').update(text).digest('hex')}`;

function viewOf({ file, table }: Layer, text: string): ConfigLayer {
  const content = file === undefined ? JSON.stringify(table) : text;
  return { file, version: versionOf(content), config: hideSecrets(table) };
}

/** The paths of all values that are no tables. */
function leavesOf(table: Table, above: KeyPath = []): readonly KeyPath[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const path = [...above, name];
    return isTable(value) ? leavesOf(value, path) : [path];
  });
}
