import { constants, existsSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { dirname, join } from 'node:path';
import { connect as connectTls } from 'node:tls';

import { errorText } from '../../../core/base/index.ts';
import {
  type Config,
  type ConfigWarning,
  loadConfig,
  readRequirements,
  type RemoteProvider,
} from '../../../core/config/index.ts';
import { systemClock, systemFolder } from '../../../core/platform/index.ts';
import { findProvider, type FoundProvider } from '../../../core/providers/index.ts';
import { checkKey } from './checkKey.ts';
import { checkModels } from './checkModels.ts';
import { failed, type Finding, note, ok } from './findings.ts';

type Env = Readonly<Record<string, string | undefined>>;

const CONNECT_LIMIT_MS = 5_000;

export function checkNode(version: string): Finding {
  const isCurrent = Number.parseInt(version.replace(/^v/u, ''), 10) >= 24;
  return isCurrent ? ok('Node', version) : failed('Node', `${version}, but 24 is needed`);
}

/** Asks without creating anything: a folder that is missing must be one that could be made. */
export async function checkHome(home: string): Promise<Finding> {
  try {
    const facts = await stat(home).catch(() => undefined);
    if (facts !== undefined && !facts.isDirectory()) {
      return failed('Home folder', `${home} is a file`);
    }
    const isThere = facts !== undefined;
    await access(isThere ? home : await nearestFolder(home), constants.W_OK);
    return ok('Home folder', isThere ? home : `${home} (made when first needed)`);
  } catch {
    return failed('Home folder', `${home} cannot be written`);
  }
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = await stat(parent).then(
    () => true,
    () => false,
  );
  return isThere || parent === path ? parent : nearestFolder(parent);
}

export function checkConfig(
  home: string,
  env: Env,
): { finding: Finding; config: Config | undefined } {
  const name = 'Configuration';
  const folder = systemFolder(env);
  try {
    // With one that cannot be used no conversation can be started, whatever the settings are.
    readRequirements(folder);
    const { config, warnings } = loadConfig({ home, systemFolder: folder });
    const [first] = warnings.toSorted((a, b) => Number(isSpare(a)) - Number(isSpare(b)));
    const finding =
      first === undefined
        ? ok(name, describeFile(home))
        : (isSpare(first) ? note : failed)(name, first.message);
    return { finding, config };
  } catch (error) {
    return { finding: failed(name, errorText(error)), config: undefined };
  }
}

/** A provider that may not be in use; the one that is has a finding of its own. */
const isSpare = ({ code }: ConfigWarning): boolean => code === 'faultyProvider';

function describeFile(home: string): string {
  const file = join(home, 'config.toml');
  return existsSync(file) ? file : `defaults; there is no ${file}`;
}

/** Which provider is used, and whether it takes the key that is there for it. */
export async function checkProvider(
  config: Config,
  home: string,
  env: Env,
): Promise<{ findings: readonly Finding[]; remote: RemoteProvider | undefined }> {
  let found: FoundProvider;
  try {
    found = await findProvider(config, { home, env });
  } catch (error) {
    return { findings: [failed('Provider', errorText(error))], remote: undefined };
  }
  const { provider } = found;
  const unread = found.warnings.map(({ message }) => note('Stored keys', message));
  if (provider.kind === 'practice') {
    const detail = 'practice, built in; set OPENAI_API_KEY or model_provider for a real one';
    return { findings: [note('Provider', detail), ...unread], remote: undefined };
  }
  const { host } = new URL(provider.baseUrl);
  const finding = ok('Provider', `${provider.name} at ${host}`);
  const key = await checkKey(provider, home, env);
  const models = checkModels(config, provider.kind, key.models, systemClock.nowMs());
  return { findings: [finding, ...unread, key.finding, ...models], remote: provider };
}

/** Opens a connection to the configured provider and closes it again; sends no request. */
export function checkNetwork(provider: RemoteProvider): Promise<Finding> {
  const name = 'Network';
  const url = new URL(provider.baseUrl);
  const isTls = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const socket = isTls ? connectTls({ host, port, servername: host }) : connectTcp({ host, port });
  socket.setTimeout(CONNECT_LIMIT_MS, () => {
    resolve(failed(name, `${url.host} does not answer within ${CONNECT_LIMIT_MS / 1_000} s`));
    socket.destroy();
  });
  socket.once(isTls ? 'secureConnect' : 'connect', () => {
    resolve(ok(name, `${url.host} can be reached`));
    socket.destroy();
  });
  socket.once('error', (error) => {
    resolve(failed(name, `${url.host} cannot be reached: ${error.message}`));
  });
  return promise;
}

export async function checkPage(root: string): Promise<Finding> {
  const page = join(root, 'dist', 'app', 'index.html');
  return access(page).then(
    () => ok('Page', 'built'),
    () => failed('Page', 'not built; run "npm run build"'),
  );
}

export function checkDesktop(executable: string | undefined): Finding {
  return executable === undefined
    ? note('Desktop app', 'Electron is not on this machine; Parley opens in a browser')
    : ok('Desktop app', executable);
}

export function checkMicrophone(): Finding {
  return note('Microphone', 'checked by the page, which alone may ask for it');
}

/** Starts the practice server, asks it for its models over a real socket and ends it. */
export async function checkPractice(
  start: () => Promise<{ readonly url: URL; close(): Promise<void> }>,
): Promise<Finding> {
  const name = 'Practice';
  try {
    const server = await start();
    try {
      const response = await fetch(`${server.url.href}/models`, {
        signal: AbortSignal.timeout(CONNECT_LIMIT_MS),
      });
      await response.arrayBuffer();
      return response.ok
        ? ok(name, 'the built-in provider starts and answers')
        : failed(name, `the built-in provider answers with status ${response.status}`);
    } finally {
      await server.close();
    }
  } catch (error) {
    return failed(name, `the built-in provider does not start: ${errorText(error)}`);
  }
}
