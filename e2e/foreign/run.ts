import { access, mkdir, mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { cleanEnvironment } from '../support/index.ts';
import { runChild } from './childProgram.ts';
import { type ForeignClient, foreignClients } from './clients.ts';
import { install } from './install.ts';
import { type Outcome, outcomesOf } from './outcomes.ts';
import { type RunningParley, startParley } from './parley.ts';
import { type ClientResult, formatReport, hasFailures } from './report.ts';

// `npm run foreign -- [--only NAME,...] [--folder FOLDER] [--open-responses FOLDER]`: clients that others wrote,
// too heavy for every test run, against the built product (run `npm run build` first). They are installed from
// npm and PyPI, each into a folder of its own, which is kept.

const PROGRAM_TIMEOUT_MS = 180_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    folder: { type: 'string' },
    'open-responses': { type: 'string' },
  },
});

function chosenClients(only: string | undefined): readonly ForeignClient[] {
  if (only === undefined) return foreignClients;
  return only.split(',').map((name) => {
    const client = foreignClients.find((known) => known.name === name);
    if (client !== undefined) return client;
    const names = foreignClients.map((known) => known.name).join(', ');
    process.stderr.write(`--only takes names out of ${names}, not ${name}\n`);
    process.exit(2);
  });
}

function notRun(reason: string): readonly Outcome[] {
  return [{ name: 'all of it', state: 'notRun', reason }];
}

async function tryClient(
  client: ForeignClient,
  cache: string,
  parley: RunningParley,
): Promise<readonly Outcome[]> {
  const { checkout } = client;
  const source = checkout === undefined ? undefined : values[checkout.option];
  if (checkout !== undefined && source === undefined) {
    return notRun(`name a checkout of ${checkout.repository} with --${checkout.option} FOLDER`);
  }
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-foreign-client-'));
  const env = {
    ...cleanEnvironment(process.env),
    PARLEY_HOME: home.path,
    CODEX_HOME: home.path,
    PARLEY_NODE: process.execPath,
    PARLEY_SERVER_URL: parley.serverUrl,
    PARLEY_APP_SERVER_URL: parley.appServerUrl,
    PARLEY_COMMAND: parley.command,
    ...(source === undefined ? {} : { FOREIGN_CHECKOUT: resolve(source) }),
  };
  const installed = await install(client, cache, env);
  if ('notRun' in installed) return notRun(installed.notRun);
  const { folder, file, args } = installed;
  return outcomesOf(
    await runChild({ file, args, cwd: folder, env, timeoutMs: PROGRAM_TIMEOUT_MS }),
  );
}

const clients = chosenClients(values.only);
const cache = resolve(values.folder ?? join(tmpdir(), 'parley-foreign'));
await mkdir(cache, { recursive: true });
await access(join(import.meta.dirname, '../../dist/main/cli.cjs')).catch(() => {
  process.stderr.write('There is no build; run `npm run build` first.\n');
  process.exit(2);
});
await using parley = await startParley();
const results: ClientResult[] = [];
for (const client of clients) {
  process.stdout.write(`${client.name} ...\n`);
  results.push({ client: client.name, outcomes: await tryClient(client, cache, parley) });
}
process.stdout.write(`\n${formatReport(results)}`);
if (hasFailures(results)) process.exitCode = 1;
