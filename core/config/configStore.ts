import { createHash } from 'node:crypto';
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';

import { ProductError, withoutByteOrderMark } from '../base/index.ts';
import { ConfigError } from './errors.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../platform/index.ts';
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
  type LayerKind,
  layerOf,
  overrideLayer,
  readText,
  SYSTEM,
  withoutNulls,
} from './layers.ts';
import { configOf, type LoadedConfig } from './loadConfig.ts';
import { withProfile } from './profileLayers.ts';

export type ConfigEdit = {
  /** Dotted, parts with dots in quotes. */
  readonly keyPath: string;
  /** null removes the key. */
  readonly value: unknown;
  readonly isUpsert: boolean;
};

/** One place settings come from, secrets left out; `file` is undefined for the command line. */
export type ConfigLayer = {
  readonly kind: LayerKind;
  readonly file: string | undefined;
  /** `sha256:` and the hash of what stands there. */
  readonly version: string;
  readonly config: Table;
};

export type ConfigView = {
  readonly config: Table;
  /** The layer that decides each value, by its dotted key. */
  readonly origins: ReadonlyMap<string, ConfigLayer>;
  /** The earlier win. */
  readonly layers: readonly ConfigLayer[];
};

export type ConfigWritten = {
  readonly file: string;
  readonly version: string;
  /** Set when something else still decides over what was written. */
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
  /** Where what holds for all users of this machine stands. */
  readonly systemFolder: string;
  readonly overrides: readonly string[];
  /** Throws a `ProductError` where no conversation could be started with these settings. */
  readonly check: (config: Config) => Promise<void>;
  /** What in these settings stands against what is fixed for this machine; throws where that cannot be told. */
  readonly forbidden: (config: Config) => readonly ForbiddenSetting[];
};

/** A setting that has no effect because somebody else has fixed it. */
export type ForbiddenSetting = {
  /** Dotted. */
  readonly key: string;
  /** Says who has fixed it. */
  readonly reason: string;
};

/** `config.toml` of the home folder as a client reads and changes it. Writes follow one another. */
export class ConfigStore {
  readonly #options: ConfigStoreOptions;
  readonly #overrides: readonly Layer[];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
    this.#overrides = options.overrides.map(overrideLayer);
  }

  /** Throws ConfigError for a file that is not TOML. */
  async read(): Promise<ConfigView> {
    const { home } = this.#options;
    const file = configPath(home);
    const user = fileLayer(file, readText(file) ?? '');
    const layers = withProfile([this.#system(), user], this.#overrides, home);
    const views = layers.map(viewOf);
    const config = layers.reduce<Table>((table, layer) => mergeTables(table, layer.table), {});
    const origins = new Map(
      leavesOf(config).flatMap((path) => {
        const layer = layerOf(layers, path);
        const view = layer === undefined ? undefined : views[layers.indexOf(layer)];
        return view === undefined ? [] : [[formatKeyPath(path), view] as const];
      }),
    );
    return { config: hideSecrets(config), origins, layers: views.toReversed() };
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
    const file = configPath(this.#options.home);
    if (filePath !== undefined && resolve(filePath) !== resolve(file)) {
      throw new ConfigWriteError('configLayerReadonly', `Only ${file} can be written.`);
    }
    const before = readText(file) ?? '';
    if (expectedVersion !== undefined && expectedVersion !== versionOf(before)) {
      throw new ConfigWriteError(
        'configVersionConflict',
        `${file} has changed in the meantime; read it again before changing it.`,
      );
    }
    const changes = edits.map(readEdit);
    const after = await this.#checked(file, before, changes);
    if (after !== before) await this.#replace(file, after);
    return {
      file,
      version: versionOf(after),
      overridden: this.#overriddenBy(fileLayer(file, after), changes),
    };
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
    const { config } = this.#loaded(after);
    const known = this.#known(before);
    for (const [id, fault] of config.faultyProviders) {
      if (known?.faultyProviders.has(id) !== true) throw fault;
    }
    this.#refuseForbidden(config, known);
    const problem = await this.#problemOf(() => config);
    if (problem === undefined) return;
    // A file that could not be used before is not made worse, and may take more than one change to mend.
    const problemBefore = await this.#problemOf(() => this.#loaded(before).config);
    if (problem.message !== problemBefore?.message) throw problem;
  }

  #system(): Layer {
    const file = configPath(this.#options.systemFolder);
    return fileLayer(file, readText(file) ?? '', SYSTEM);
  }

  /** As it would be read, but for the places in it, which are those of a text that is nowhere. */
  #loaded(user: Layer): LoadedConfig {
    return configOf(withProfile([this.#system(), { ...user, text: '' }], [], this.#options.home));
  }

  /** What is wrong in a file as it is can be mended by this very change, so it hinders none. */
  #known(before: Layer): Config | undefined {
    try {
      return this.#loaded(before).config;
    } catch (error) {
      if (error instanceof ConfigError) return undefined;
      throw error;
    }
  }

  /** What stood there before was warned of, and is no matter of this change. */
  #refuseForbidden(config: Config, before: Config | undefined): void {
    const { forbidden } = this.#options;
    const known = new Set((before === undefined ? [] : forbidden(before)).map(({ key }) => key));
    const refused = forbidden(config).find(({ key }) => !known.has(key));
    if (refused === undefined) return;
    const { key, reason } = refused;
    throw new ConfigError(`${key} cannot be written: ${reason}.`, { key });
  }

  async #problemOf(read: () => Config): Promise<ProductError | undefined> {
    try {
      await this.#options.check(read());
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

  #overriddenBy(user: Layer, changes: readonly Change[]): ConfigWritten['overridden'] {
    const above = withProfile([user], this.#overrides, this.#options.home).slice(1);
    for (const { path } of changes) {
      const layer = above.findLast(({ table }) => valueAt(table, path) !== undefined);
      if (layer === undefined) continue;
      const config = hideSecrets(layer.table);
      return { key: formatKeyPath(path), layer: viewOf(layer), value: valueAt(config, path) };
    }
    return undefined;
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

const versionOf = (text: string): string =>
  `sha256:${createHash('sha256').update(withoutByteOrderMark(text)).digest('hex')}`;

function viewOf({ kind, file, text, table, within }: Layer): ConfigLayer {
  const content = file === undefined || within !== undefined ? JSON.stringify(table) : text;
  return { kind, file, version: versionOf(content), config: hideSecrets(table) };
}

/** The paths of all values that are no tables. */
function leavesOf(table: Table, above: KeyPath = []): readonly KeyPath[] {
  return Object.entries(table).flatMap(([name, value]) => {
    const path = [...above, name];
    return isTable(value) ? leavesOf(value, path) : [path];
  });
}
