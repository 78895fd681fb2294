import { basename, win32 } from 'node:path';
import process from 'node:process';

/** The shell of the user by the environment, else the one that every system of its kind has. */
export function userShell(env: Readonly<Record<string, string | undefined>>): {
  readonly name: string;
  readonly path: string;
} {
  if (process.platform === 'win32') {
    const path = env['COMSPEC'] ?? 'cmd.exe';
    return { name: win32.basename(path, '.exe').toLowerCase(), path };
  }
  const given = env['SHELL'] ?? '';
  const path = given === '' ? '/bin/sh' : given;
  return { name: basename(path), path };
}
