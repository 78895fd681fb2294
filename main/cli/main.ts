import process from 'node:process';

import { exitCodeOf, failureLine, useCompileCache } from '../engine/index.ts';
import { processIo } from './commandIo.ts';

/**
 * The command line. `root` is the folder with package.json and, when built, dist/. Ends the process
 * when the command has ended: a lingering socket must not keep it.
 */
export async function runCommandLine(args: readonly string[], root: string): Promise<void> {
  useCompileCache();
  let exitCode: number;
  try {
    // After the cache is there, so that what it loads comes from it.
    const { runProgram } = await import('./program.ts');
    exitCode = await runProgram(args, { root, io: processIo() });
  } catch (error) {
    process.stderr.write(failureLine(error));
    exitCode = exitCodeOf(error);
  }
  process.exit(exitCode);
}
