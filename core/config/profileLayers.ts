import { join } from 'node:path';

import { ConfigError } from './errors.ts';
import { configPath, type Layer, layerOf, readFileLayer } from './layers.ts';
import { isTable, valueAt } from './toml/index.ts';

const FILE_NAME = /^[\w-]+$/u;

/**
 * The layers of files and those of this run, and between them the profile that is chosen by any of them: the
 * table of that name in a file, then the file `NAME.config.toml` of the home folder. Throws ConfigError for one
 * that is nowhere.
 */
export function withProfile(
  files: readonly Layer[],
  flags: readonly Layer[],
  home: string,
): readonly Layer[] {
  const all = [...files, ...flags];
  const id = valueAt(layerOf(all, ['profile'])?.table, ['profile']);
  if (typeof id !== 'string') return all;
  const within = ['profiles', id];
  // Only of files: whoever chooses a profile for one conversation does not make one.
  const tables = files.flatMap(({ table, ...layer }): readonly Layer[] => {
    const own = valueAt(table, within);
    const kind = { type: 'user', profile: id } as const;
    return isTable(own) ? [{ ...layer, kind, table: own, within }] : [];
  });
  const own = FILE_NAME.test(id)
    ? readFileLayer(join(home, `${id}.config.toml`), { type: 'user', profile: id })
    : [];
  if (tables.length + own.length === 0) {
    throw new ConfigError(
      `There is no profile ${JSON.stringify(id)}; write a table [profiles.${id}] in ${configPath(home)}.`,
      { key: 'profile' },
    );
  }
  return [...files, ...tables, ...own, ...flags];
}
