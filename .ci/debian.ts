import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

const UPDATE_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 300_000;
const APT_OPTIONS = ['-o', 'DPkg::Lock::Timeout=60', '-o', 'Acquire::Retries=2'];

/** Runs a program to its end; `undefined` when it succeeded, else what it said last. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  timeoutMs: number,
) => string | undefined;

const runProgram: RunProgram = (program, args, timeoutMs) => {
  const result = spawnSync(program, args, {
    encoding: 'utf8',
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status === 0) return undefined;
  if (result.error !== undefined) return `${program}: ${result.error.message}`;
  const said = `${result.stdout}\n${result.stderr}`.trim().split('\n').at(-1) ?? '';
  return said === '' ? `${program} ended with ${String(result.status ?? result.signal)}` : said;
};

/** True where `installDebianPackage` may do something: Debian or a child of it, as root. */
export function canInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs one package with apt-get, in bounded time. Returns `undefined` on success, else one line on
 * what went wrong. The package lists are refreshed first, because old lists name files that are gone;
 * when that fails the install is tried all the same, because the lists at hand may do.
 */
export function installDebianPackage(
  name: string,
  run: RunProgram = runProgram,
): string | undefined {
  run('apt-get', [...APT_OPTIONS, 'update'], UPDATE_TIMEOUT_MS);
  return run(
    'apt-get',
    [...APT_OPTIONS, 'install', '-y', '--no-install-recommends', name],
    INSTALL_TIMEOUT_MS,
  );
}
