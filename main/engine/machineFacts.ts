import { readFileSync } from 'node:fs';
import { arch, homedir, machine, release } from 'node:os';
import { join, resolve } from 'node:path';

import type { InitializeResponse } from '../../core/protocol/index.ts';

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

/** What the engine says about itself and its machine when a client says hello (app-server §2). */
export function initializeResponse(
  client: { readonly name: string; readonly version: string },
  facts: { readonly version: string; readonly home: string; readonly env: Env },
): InitializeResponse {
  const { platform } = process;
  const system = operatingSystem(platform);
  const userAgent =
    `${client.name}/${facts.version} (${system}; ${architecture(platform)}) ` +
    `${terminal(facts.env)} (${client.name}; ${client.version})`;
  return {
    // It travels in an HTTP header later, which takes printable ASCII only.
    userAgent: userAgent.replace(/[^\x20-\x7e]/gu, '_'),
    codexHome: facts.home,
    platformFamily: platform === 'win32' ? 'windows' : 'unix',
    platformOs: PLATFORM_OS[platform] ?? platform,
  };
}

const PLATFORM_OS: Readonly<Record<string, string>> = { darwin: 'macos', win32: 'windows' };

function operatingSystem(platform: NodeJS.Platform): string {
  if (platform === 'linux') {
    try {
      return linuxName(readFileSync('/etc/os-release', 'utf8'));
    } catch {
      // A system without the file is named by its kernel below.
    }
  }
  const name = platform === 'darwin' ? 'Mac OS' : platform === 'win32' ? 'Windows' : 'Linux';
  return `${name} ${threeNumbers(release())}`;
}

/** `Debian 12.0.0` from the text of os-release. */
export function linuxName(osRelease: string): string {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}="?([^"\n]*)"?$`, 'mu').exec(osRelease)?.[1];
  const name = (field('NAME') ?? 'Linux').replace(/ GNU\/Linux$/u, '');
  return `${name} ${threeNumbers(field('VERSION_ID') ?? '')}`;
}

function threeNumbers(version: string): string {
  const numbers = version.match(/\d+/gu) ?? [];
  return [numbers[0] ?? '0', numbers[1] ?? '0', numbers[2] ?? '0'].join('.');
}

function architecture(platform: NodeJS.Platform): string {
  const name = arch();
  if (name === 'x64') return 'x86_64';
  // What the machine calls itself: aarch64 on Linux, arm64 on macOS.
  return platform === 'win32' ? name : machine();
}

function terminal(env: Env): string {
  const program = env['TERM_PROGRAM'];
  if (program === undefined || program === '') {
    const { TERM: term = '' } = env;
    return term === '' ? 'unknown' : term;
  }
  const version = env['TERM_PROGRAM_VERSION'];
  return version === undefined || version === '' ? program : `${program}/${version}`;
}
