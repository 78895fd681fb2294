import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';

import { ProductError } from '../base/index.ts';

/** No folder could be found to keep configuration and threads in. */
class HomeError extends ProductError {
  readonly code = 'home';
  readonly retryable = false;
}

/** Where whoever looks after this machine keeps settings and requirements for all of its users. */
export function systemFolder(env: Readonly<Record<string, string | undefined>>): string {
  return process.platform === 'win32'
    ? join(env['ProgramData'] ?? String.raw`C:\ProgramData`, 'Parley')
    : '/etc/parley';
}

/** The user's own folder; a user whom the system does not know, and who has no HOME, has none. */
function userFolder(): string | undefined {
  try {
    const folder = homedir();
    return folder === '' ? undefined : folder;
  } catch {
    return undefined;
  }
}

/**
 * The folder the process runs in, or the user's own folder when that one has been deleted: a running
 * session must outlive the directory it was started from.
 */
export function currentDirectory(): string {
  try {
    const folder = process.cwd();
    // Node remembers where it was, and goes on saying so when that is gone.
    if (existsSync(folder)) return folder;
  } catch {
    // Where Node had not asked before, it is told so by an error.
  }
  return userFolder() ?? tmpdir();
}

/**
 * The absolute path of the product's home folder: `PARLEY_HOME`, else `CODEX_HOME`, else `~/.parley`.
 * The folder need not exist. An empty variable counts as unset.
 */
export function resolveHome(env: Readonly<Record<string, string | undefined>>): string {
  const chosen = [env['PARLEY_HOME'], env['CODEX_HOME']].find(
    (path) => path !== undefined && path !== '',
  );
  if (chosen !== undefined) return resolve(currentDirectory(), chosen);
  const folder = userFolder();
  if (folder !== undefined) return join(folder, '.parley');
  throw new HomeError(
    'This user has no home folder; set PARLEY_HOME to a folder for configuration and threads.',
  );
}
