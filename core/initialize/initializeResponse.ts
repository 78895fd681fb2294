import { readFileSync } from 'node:fs';
import { arch, machine, release } from 'node:os';

import type { InitializeResponse } from '../protocol/index.ts';

type Env = Readonly<Record<string, string | undefined>>;
type ClientName = { readonly name: string; readonly version: string };

/**
 * The level of the protocol we speak, as clients know it: some take the first version they find in
 * `userAgent` for the server's and refuse old ones (app-server §2).
 */
const PROTOCOL_LEVEL = '0.169.0';

/** One process at one time: all that a client needs to tell a new start from a lost connection. */
const ENGINE_ID = `${process.pid}-${Math.round(performance.timeOrigin)}`;

/** What the engine says about itself and its machine when a client says hello (app-server §2). */
export function initializeResponse(
  client: ClientName,
  facts: { readonly version: string; readonly home: string; readonly env: Env },
): InitializeResponse {
  const { platform } = process;
  return {
    userAgent: `${describe(client, PROTOCOL_LEVEL, facts.env)} parley/${facts.version}`,
    codexHome: facts.home,
    platformFamily: platform === 'win32' ? 'windows' : 'unix',
    platformOs: PLATFORM_OS[platform] ?? platform,
    engineId: ENGINE_ID,
  };
}

/** What providers are told about who asks: the client's name with our own version (responses §3.1). */
export function providerUserAgent(client: ClientName, version: string, env: Env): string {
  return describe(client, version, env);
}

function describe(client: ClientName, version: string, env: Env): string {
  const { platform } = process;
  const machineText = `${operatingSystem(platform)}; ${architecture(platform)}`;
  const text = `${client.name}/${version} (${machineText}) ${terminal(env)} (${client.name}; ${client.version})`;
  // It travels in HTTP headers, which take printable ASCII only.
  return text.replace(/[^\x20-\x7e]/gu, '_');
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
