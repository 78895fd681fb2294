import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { CommandError } from '../commandError.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The home folder: PARLEY_HOME, else CODEX_HOME, else ~/.parley; always absolute. Throws a `CommandError`
 * for a user who has none. The small twin of
 * core/platform's `resolveHome`, whose folder brings the logger along; a test holds the two together.
 */
export function homeFolder(env: Env): string {
  for (const name of ['PARLEY_HOME', 'CODEX_HOME']) {
    const value = env[name];
    if (value !== undefined && value !== '') return resolve(workingFolder(), value);
  }
  const folder = userFolder();
  if (folder !== undefined) return join(folder, '.parley');
  const message =
    'This user has no home folder; set PARLEY_HOME to a folder for configuration and threads.';
  throw new CommandError(message, 1);
}

/** The user's own folder; a user whom the system does not know, and who has no HOME, has none. */
export function userFolder(): string | undefined {
  try {
    const folder = homedir();
    return folder === '' ? undefined : folder;
  } catch {
    return undefined;
  }
}

/** The folder this process runs in, or the user's own when that one has been deleted. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return userFolder() ?? tmpdir();
  }
}
