import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';

import { readSettingsText } from '../../../core/platform/index.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What two processes of Parley tell each other before one joins the other. */
export type JoiningFacts = {
  readonly version: string;
  readonly home: string;
  readonly env: Env;
  readonly cwd: string;
};

export const VERSION_HEADER = 'x-parley-version';
const ENVIRONMENT_HEADER = 'x-parley-environment';
const FOLDER_HEADER = 'x-parley-folder';

/** What whoever joins says of itself. Clients that others wrote say nothing of it, and are let in. */
export function joiningHeaders({ version, home, env, cwd }: JoiningFacts): Record<string, string> {
  const variables = Array.from(variablesInUse(home, env), ([name, value]) => `${name}=${value}`);
  return {
    [VERSION_HEADER]: version,
    [ENVIRONMENT_HEADER]: variables.join(','),
    [FOLDER_HEADER]: encodeURIComponent(cwd),
  };
}

/** The folder that relative paths of a client are meant from, where it tells. */
export function folderOf(headers: IncomingHttpHeaders): string | undefined {
  const folder = headers[FOLDER_HEADER];
  if (typeof folder !== 'string') return undefined;
  try {
    return decodeURIComponent(folder);
  } catch {
    return undefined;
  }
}

/** Why a process is better off with an engine of its own than with this one; `undefined` where it is not. */
export function joiningRefusal(
  headers: IncomingHttpHeaders,
  { version, env }: Pick<JoiningFacts, 'version' | 'env'>,
): string | undefined {
  const theirs = headers[VERSION_HEADER];
  if (theirs === undefined) return undefined;
  if (theirs !== version) return `it is Parley ${version}`;
  const told = headers[ENVIRONMENT_HEADER];
  const variables = typeof told === 'string' && told !== '' ? told.split(',') : [];
  const other = variables
    .map((variable) => variable.split('='))
    .find(([name = '', digest]) => digestOf(env[name] ?? '') !== digest);
  return other === undefined ? undefined : `it was started with another ${other[0]}`;
}

/**
 * What the settings or the standard provider take from the environment, by digest. An engine that was started
 * without a key that this process has could not do what is asked of it.
 */
function variablesInUse(home: string, env: Env): ReadonlyMap<string, string> {
  const settings = settingsText(home);
  const used = Object.entries(env).filter(
    ([name, value = '']) =>
      value !== '' && /^\w+$/u.test(name) && (name.startsWith('OPENAI_') || settings.has(name)),
  );
  return new Map(used.map(([name, value = '']) => [name, digestOf(value)]));
}

function settingsText(home: string): ReadonlySet<string> {
  try {
    return new Set(readSettingsText(join(home, 'config.toml')).match(/\w+/gu));
  } catch {
    // The engine says what is wrong with the file.
    return new Set();
  }
}

/** Enough to tell two keys apart, too little to find one. */
const digestOf = (value: string): string =>
  createHash('sha256').update(value).digest('hex').slice(0, 12);
