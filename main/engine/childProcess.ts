import process from 'node:process';

import { VERSION } from '../version.ts';
import { type ChildChannel, serveChild } from './child/index.ts';
import { openEngine } from './joining/index.ts';
import { loadEngine } from './loadEngine.ts';
import { hostClock, workingFolder } from './process/index.ts';

const tell = (sentence: string): void => {
  process.stderr.write(`parley: ${sentence}\n`);
};

/** The engine as a process of its own below the browser host, which starts it with a channel to itself. */
export async function runEngineChild(): Promise<never> {
  // Loaded while the host still says with what to start; whoever starts it hears of a failure.
  loadEngine().catch(() => undefined);
  // A terminal sends Ctrl-C to both processes; it is the host that says goodbye in order.
  process.on('SIGINT', () => undefined);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `send` is there in a process started with a channel
  const exitCode = await serveChild(process as ChildChannel, {
    startEngine: (args) =>
      openEngine(
        args,
        { env: process.env, cwd: workingFolder(), version: VERSION, loadEngine, tell },
        'share',
      ),
    clock: hostClock,
    stopped,
  });
  return process.exit(exitCode);
}
