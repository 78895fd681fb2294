import { Buffer } from 'node:buffer';

import { bytesOf } from '../paths/index.ts';
import type { Mount } from './mountPlan.ts';

/** What the program around the command is started with, besides the command. */
export type BubblewrapRequest = {
  readonly mounts: readonly Mount[];
  readonly hasNetwork: boolean;
  readonly isTerminal: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The open file from which the filter of system calls is read. */
  readonly filterDescriptor: number;
};

type Argument = string | Buffer;

/** The arguments as `--args` reads them: each ended by a zero byte. */
export function bubblewrapArguments(request: BubblewrapRequest): Buffer {
  const { mounts, hasNetwork, isTerminal, cwd, env, filterDescriptor } = request;
  const parts: readonly Argument[] = [
    '--die-with-parent',
    // On a terminal of its own a command may have that; elsewhere it must not reach the engine's.
    ...(isTerminal ? [] : ['--new-session']),
    '--unshare-user',
    '--disable-userns',
    '--unshare-pid',
    '--unshare-ipc',
    ...(hasNetwork ? [] : ['--unshare-net']),
    '--cap-drop',
    'ALL',
    '--seccomp',
    String(filterDescriptor),
    ...mounts.flatMap(mountArguments),
    '--clearenv',
    ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    '--chdir',
    cwd,
  ];
  const zero = Buffer.alloc(1);
  return Buffer.concat(
    parts.flatMap((part) => [typeof part === 'string' ? Buffer.from(part, 'utf8') : part, zero]),
  );
}

function mountArguments(mount: Mount): readonly Argument[] {
  switch (mount.kind) {
    case 'system':
      return ['--dev', '/dev', '--proc', '/proc'];
    case 'bind': {
      const path = bytesOf(mount.path);
      return [mount.isWritable ? '--bind' : '--ro-bind', path, path];
    }
    case 'hold': {
      const path = bytesOf(mount.path);
      return ['--ro-bind', path, path];
    }
    case 'maskFile':
      // A device where no devices are allowed: it is refused to everybody, the administrator included.
      return ['--ro-bind', '/dev/null', bytesOf(mount.path)];
    case 'maskFolder':
      return ['--perms', mount.isPassage ? '0111' : '0000', '--tmpfs', bytesOf(mount.path)];
    case 'link':
      return ['--symlink', bytesOf(mount.target), bytesOf(mount.path)];
    case 'seal':
      return ['--remount-ro', bytesOf(mount.path)];
  }
}
