import process from 'node:process';

import { VERSION } from '../version.ts';
import { readAppServerArgs } from './appServerArgs.ts';
import { useCompileCache } from './compileCache.ts';
import { loadEngine } from './engineDoor.ts';
import { exitCodeOf, failureLine } from './failure.ts';
import { answerFirstLine, serveStdio } from './stdio.ts';

/** Added by the launcher when it answered the first `initialize` itself. */
const ANSWERED_FLAG = '--initialize-answered';

/**
 * `parley app-server` on stdio, with next to nothing loaded before the first answer. Returns false,
 * having done nothing, for arguments that are not plain stdio ones; the command line takes those.
 */
export function startAppServer(args: readonly string[]): boolean {
  const isAnswered = args.at(-1) === ANSWERED_FLAG;
  const parsed = readAppServerArgs(isAnswered ? args.slice(0, -1) : args);
  if (parsed?.listen !== 'stdio://') return false;
  void run({ ...parsed, isAnswered });
  return true;
}

/**
 * The part of `startAppServer` that an older Node can do for the launcher: answers the first line and
 * gives back the bytes read so far and the flags the real server is to be started with. `undefined`
 * for arguments that are not plain stdio ones; resolves to `undefined` when the input ended.
 */
export function answerInitialize(
  args: readonly string[],
): Promise<{ bytes: Buffer; flags: readonly string[] } | undefined> | undefined {
  if (readAppServerArgs(args)?.listen !== 'stdio://') return undefined;
  const { stdin: input, stdout: output, env } = process;
  return answerFirstLine({ input, output, env, version: VERSION }).then((hello) =>
    hello === undefined
      ? undefined
      : { bytes: hello.all, flags: hello.initialize === undefined ? [] : [ANSWERED_FLAG] },
  );
}

async function run(args: Parameters<typeof serveStdio>[0]): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', () => {
      resolve();
    });
    process.once('SIGINT', () => {
      resolve();
    });
  });
  let exitCode = 0;
  try {
    await serveStdio(args, {
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      env: process.env,
      cwd: process.cwd(),
      version: VERSION,
      stopped,
      loadEngine,
      beforeLoading: useCompileCache,
    });
  } catch (error) {
    process.stderr.write(failureLine(error));
    exitCode = exitCodeOf(error);
  }
  // The input may still be open, and would keep the process alive.
  process.exit(exitCode);
}
