import process from 'node:process';

import { exitCodeOf, failureLine, useCompileCache } from '../engine/index.ts';
import { processIo } from './commandIo.ts';
import { runProgram } from './program.ts';

/**
 * The command line. `root` is the folder with package.json and, when built, dist/. Ends the process
 * when the command has ended: a lingering socket must not keep it.
 */
export async function runCommandLine(args: readonly string[], root: string): Promise<void> {
  useCompileCache();
  let exitCode: number;
  try {
    exitCode = await runProgram(args, { root, io: processIo() });
  } catch (error) {
    process.stderr.write(failureLine(error));
    exitCode = exitCodeOf(error);
  }
  process.exit(exitCode);
}
