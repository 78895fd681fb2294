import type { ResolvedPermissions } from '../../permissions/index.ts';
import type { PreparedCommand, SandboxCommand } from '../contract.ts';
import { locate, rawPath, textOf } from '../paths/index.ts';
import { seatbeltPolicy } from './policy.ts';

/** Named whole, so that no other program of that name is run. */
const PROGRAM = '/usr/bin/sandbox-exec';

/** A command under the sandbox of macOS. */
export function prepareWithSeatbelt(
  { argv, cwd, env }: SandboxCommand,
  permissions: ResolvedPermissions,
): PreparedCommand {
  const { text, parameters } = seatbeltPolicy(permissions, (path) =>
    textOf(locate(rawPath(path)).path),
  );
  return {
    program: PROGRAM,
    args: [
      '-p',
      text,
      ...Object.entries(parameters).map(([name, value]) => `-D${name}=${value}`),
      '--',
      ...argv,
    ],
    cwd,
    env: { ...env },
    isSandboxed: true,
    dispose: () => undefined,
  };
}
