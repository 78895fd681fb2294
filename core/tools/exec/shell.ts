import process from 'node:process';

import { userShell } from '../../platform/index.ts';

/** How a script is handed to a shell. */
export function shellArgv(
  script: string,
  {
    shell,
    isLogin,
    env,
  }: {
    /** The user's own when undefined. */
    readonly shell: string | undefined;
    readonly isLogin: boolean;
    readonly env: Readonly<Record<string, string | undefined>>;
  },
): readonly [string, ...string[]] {
  const path = shell ?? userShell(env).path;
  if (process.platform === 'win32' && /(?:^|[\\/])cmd(?:\.exe)?$/iu.test(path)) {
    return [path, '/d', '/s', '/c', script];
  }
  return [path, isLogin ? '-lc' : '-c', script];
}

/** A command line that means these words, for people. */
export const shownCommand = (argv: readonly string[]): string =>
  argv
    .map((word) =>
      /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
    )
    .join(' ');
