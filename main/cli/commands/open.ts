import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { hostClock } from '../../engine/index.ts';
import { decideOpen } from '../../shell/index.ts';
import type { ProgramContext } from '../context.ts';
import { electronExecutable } from '../electronExecutable.ts';
import { openBrowser } from '../openBrowser.ts';
import { runServe } from './serve.ts';

/** Long enough for a fast line, short enough that nobody thinks it hangs. */
const FETCH_LIMIT_MS = 20_000;
/** An app that ends sooner than this with an error could not start at all. */
const STARTED_AFTER_MS = 5_000;

export type OpenOptions = {
  readonly isBrowserWanted: boolean;
  /** Of the browser host; the one of the last start unless told. */
  readonly port: number | undefined;
  /** False where the page is only to be served. */
  readonly isShown: boolean;
};

/** The desktop app where it can run; otherwise the browser host, after one line that says why. */
export async function runOpen(options: OpenOptions, context: ProgramContext): Promise<number> {
  const packageFolder = join(context.root, 'node_modules', 'electron');
  const decision = decideOpen({
    platform: process.platform,
    env: process.env,
    isRoot: process.getuid?.() === 0,
    // A port is the browser host's, and so is a page that is only to be served.
    isBrowserWanted: options.isBrowserWanted || options.port !== undefined || !options.isShown,
    hasExecutable: electronExecutable(packageFolder) !== undefined,
    hasPackage: existsSync(join(packageFolder, 'install.js')),
  });
  if (decision.open === 'browser') return serve(decision.reason, options, context);
  if (decision.open === 'desktopAfterFetch' && !(await fetchElectron(packageFolder))) {
    const reason = 'The desktop app could not be fetched, so Parley opens in a browser.';
    return serve(reason, options, context);
  }
  const executable = electronExecutable(packageFolder);
  if (executable === undefined) {
    const reason = 'The desktop app could not be installed, so Parley opens in a browser.';
    return serve(reason, options, context);
  }
  const exitCode = await runDesktop(executable, context.root);
  return (
    exitCode ??
    serve('The desktop app could not start here, so Parley opens in a browser.', options, context)
  );
}

async function serve(
  reason: string | undefined,
  { port, isShown }: OpenOptions,
  context: ProgramContext,
): Promise<number> {
  if (reason !== undefined) context.io.stderr.write(`${reason}\n`);
  const args = { configOverrides: [], enable: [], disable: [], port };
  return runServe(isShown ? { ...args, onReady: openBrowser } : args, context);
}

/** Runs the package's own installer, quietly and for a bounded time. */
function fetchElectron(packageFolder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(packageFolder, 'install.js')], { stdio: 'ignore' });
    const limit = hostClock.after(FETCH_LIMIT_MS, () => {
      child.kill('SIGKILL');
    });
    const finish = (isDone: boolean): void => {
      limit.cancel();
      resolve(isDone);
    };
    child.once('error', () => {
      finish(false);
    });
    child.once('exit', (code) => {
      finish(code === 0);
    });
  });
}

/** Resolves to the app's exit code, or to `undefined` when it could not start. */
function runDesktop(executable: string, root: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const startedAtMs = hostClock.nowMs();
    const child = spawn(executable, [root], { stdio: 'inherit' });
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
    const finish = (exitCode: number | undefined): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, passOn);
      resolve(exitCode);
    };
    child.once('error', () => {
      finish(undefined);
    });
    child.once('exit', (code) => {
      const isEarly = hostClock.nowMs() - startedAtMs < STARTED_AFTER_MS;
      finish(isEarly && code !== 0 ? undefined : (code ?? 0));
    });
  });
}
