import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

import { SandboxError } from '../errors.ts';

const TRIAL_TIMEOUT_MS = 10_000;
const MAX_WORDS = 2000;

type Trial = { readonly program: string; readonly args: readonly string[] };

/** Runs a program that does nothing, to see whether it comes to it; what was said instead otherwise. */
export function runTrial({ program, args }: Trial): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const child = spawn(program, args, {
    cwd: '/',
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: TRIAL_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, MAX_WORDS);
  });
  child.on('error', ({ message }) => {
    resolve(message);
  });
  child.on('close', (exitCode, signal) => {
    resolve(
      exitCode === 0 ? undefined : said.trim() || `it ended with ${String(exitCode ?? signal)}`,
    );
  });
  return promise;
}

const NOTHING_RUNS = 'Commands cannot be run in a sandbox here, so none is run';

export const notInstalled = (): SandboxError =>
  new SandboxError(
    'unavailable',
    `${NOTHING_RUNS}: bubblewrap is not installed. Install it: sudo apt install bubblewrap (Debian, Ubuntu), ` +
      'sudo dnf install bubblewrap (Fedora), sudo pacman -S bubblewrap (Arch).',
  );

export const unknownProcessor = (name: string): SandboxError =>
  new SandboxError(
    'unavailable',
    `${NOTHING_RUNS}: there is no filter of system calls for ${name} processors.`,
  );

/** Why a trial failed, in words that say how it is mended. */
export const notAllowed = (said: string): SandboxError =>
  new SandboxError('unavailable', `${NOTHING_RUNS}: ${remedyFor(said)}`, { cause: said });

/** What the kernel is asked for each switch that may be off, and what turns it on. */
const SWITCHES = [
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    off: '1',
    on: 'kernel.apparmor_restrict_unprivileged_userns=0',
  },
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone',
    off: '0',
    on: 'kernel.unprivileged_userns_clone=1',
  },
  { file: '/proc/sys/user/max_user_namespaces', off: '0', on: 'user.max_user_namespaces=15000' },
] as const;

const NO_NAMESPACES =
  /setting up uid map|creating new namespace|No permissions to create|new user namespace|RTM_NEW(?:ADDR|LINK)/u;

function remedyFor(said: string): string {
  if (/Unknown option/iu.test(said)) {
    return `this bubblewrap is too old (${said}). Install version 0.8.0 or later.`;
  }
  if (/[Cc]an't mount proc/u.test(said)) {
    return `this container lets no process have a /proc of its own (${said}). Start it with more rights, or run Parley outside of it.`;
  }
  if (NO_NAMESPACES.test(said)) {
    const { on } = SWITCHES.find(({ file, off }) => readSwitch(file) === off) ?? {};
    return on === undefined
      ? `the system lets this user have no namespaces (${said}). In a container, start it with more rights; elsewhere ask whoever looks after the machine.`
      : `the system lets this user have no namespaces (${said}). Allow it: sudo sysctl -w ${on}`;
  }
  return `bubblewrap says: ${said}`;
}

function readSwitch(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
