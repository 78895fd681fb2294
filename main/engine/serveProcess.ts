import process from 'node:process';

import { VERSION } from '../version.ts';
import type { Hello } from './initialize/index.ts';
import { loadEngine } from './loadEngine.ts';
import { type EngineArgs, exitCodeOf, failureLine, workingFolder } from './process/index.ts';
import { serveStdio } from './stdio.ts';

/** Serves this process's stdio after its first line; resolves to the code to exit with. */
export async function serveProcess(
  hello: Hello,
  args: EngineArgs,
  stopped: Promise<void>,
): Promise<number> {
  try {
    await serveStdio(hello, args, {
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      env: process.env,
      cwd: workingFolder(),
      version: VERSION,
      stopped,
      loadEngine,
    });
    return 0;
  } catch (error) {
    process.stderr.write(failureLine(error));
    return exitCodeOf(error);
  }
}
