import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

import { runChild } from './childProgram.ts';
import type { ForeignClient } from './clients.ts';

const PROGRAMS = join(import.meta.dirname, 'programs');
const INSTALL_TIMEOUT_MS = 300_000;

/** A client with all it needs, ready to be run; `notRun` says what could not be had. */
export type Installed =
  | { readonly folder: string; readonly file: string; readonly args: readonly string[] }
  | { readonly notRun: string };

/** Puts a client into a folder of its own below `cache`, once for each list of what it needs. */
export async function install(
  client: ForeignClient,
  cache: string,
  env: Readonly<Record<string, string>>,
): Promise<Installed> {
  const { name, npm, pip, program } = client;
  const needs = JSON.stringify({ npm, pip });
  const version = createHash('sha256').update(needs).digest('hex').slice(0, 8);
  const folder = join(cache, `${name}-${version}`);
  const python = join(
    folder,
    process.platform === 'win32' ? 'venv/Scripts/python.exe' : 'venv/bin/python',
  );
  if (!(await isReady(folder, needs))) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const trouble =
      (await installFromNpm(folder, npm, env)) ?? (await installFromPip(folder, python, pip, env));
    if (trouble !== undefined) return { notRun: trouble };
    await writeFile(join(folder, READY), needs);
  }
  // Programs are small and change with the repository: always today's, beside today's kit.
  for (const file of await readdir(PROGRAMS)) {
    await copyFile(join(PROGRAMS, file), join(folder, file));
  }
  return { folder, file: pip === undefined ? process.execPath : python, args: [program] };
}

const READY = 'ready.json';

async function isReady(folder: string, needs: string): Promise<boolean> {
  const written = await readFile(join(folder, READY), 'utf8').catch(() => undefined);
  return written === needs;
}

async function installFromNpm(
  folder: string,
  packages: ForeignClient['npm'],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const manifest = { private: true, type: 'module', dependencies: packages ?? {} };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  if (packages === undefined) return undefined;
  const options = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  // npm tells the scripts it runs where it lies; by its name it is found only on the path.
  const { npm_execpath: npm } = process.env;
  return npm === undefined
    ? installing('npm', options, folder, env)
    : installing(process.execPath, [npm, ...options], folder, env);
}

async function installFromPip(
  folder: string,
  python: string,
  requirements: ForeignClient['pip'],
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  if (requirements === undefined) return undefined;
  const command = process.platform === 'win32' ? 'python' : 'python3';
  const trouble = await installing(command, ['-m', 'venv', 'venv'], folder, env);
  if (trouble !== undefined || requirements.length === 0) return trouble;
  const options = ['-m', 'pip', 'install', '--quiet', '--retries', '1', ...requirements];
  return installing(python, options, folder, env);
}

async function installing(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const { trouble, stdout, stderr } = await runChild({
    file,
    args,
    cwd,
    env,
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  if (trouble === undefined) return undefined;
  return `it cannot be installed: ${trouble} ${firstComplaints(stderr + stdout)}`.trim();
}

/** What an installer says is wrong; it goes on with advice and with where its log lies. */
function firstComplaints(said: string): string {
  const lines = said.split('\n').filter((line) => /error/iu.test(line));
  return lines.slice(0, 3).join(' ').slice(0, 400);
}
