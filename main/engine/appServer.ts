// Everything imported here is loaded before the first answer; the rest comes with `serveProcess.ts`. The
// global `process` is used because its module would bring the bundler's helpers along.
import { VERSION } from '../version.ts';
import { answerFirstLine, readFirstLine } from './initialize/index.ts';
import {
  type EngineArgs,
  exitCodeOf,
  failureLine,
  readAppServerArgs,
  useCompileCache,
} from './process/index.ts';

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
  void run(parsed, isAnswered);
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
  return answerFirstLine(greeting()).then((hello) =>
    hello === undefined
      ? undefined
      : { bytes: hello.all, flags: hello.initialize === undefined ? [] : [ANSWERED_FLAG] },
  );
}

const greeting = (): Parameters<typeof answerFirstLine>[0] => ({
  input: process.stdin,
  output: process.stdout,
  env: process.env,
  version: VERSION,
});

async function run(args: EngineArgs, isAnswered: boolean): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  const first = isAnswered ? readFirstLine(process.stdin) : answerFirstLine(greeting());
  let hello: Awaited<typeof first>;
  try {
    hello = (await Promise.race([first, stopped])) ?? undefined;
  } catch (error) {
    process.stderr.write(failureLine(error));
    process.exit(exitCodeOf(error));
  }
  if (hello === undefined) process.exit(0);
  useCompileCache();
  const { serveProcess } = await import('./serveProcess.ts');
  process.exit(await serveProcess(hello, args, stopped));
}
