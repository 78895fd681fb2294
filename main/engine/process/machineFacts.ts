import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The home folder: PARLEY_HOME, else CODEX_HOME, else ~/.parley; always absolute. The small twin of
 * core/platform's `resolveHome`, whose folder brings the logger along; a test holds the two together.
 */
export function homeFolder(env: Env): string {
  for (const name of ['PARLEY_HOME', 'CODEX_HOME']) {
    const value = env[name];
    if (value !== undefined && value !== '') return resolve(workingFolder(), value);
  }
  return join(homedir(), '.parley');
}

/** The folder this process runs in, or the user's own when that one has been deleted. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return homedir();
  }
}
