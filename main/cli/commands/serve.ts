import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { CommandError, type EngineArgs, homeFolder, hostClock } from '../../engine/index.ts';
import { forkEngine, refuseSocket, type Upgrade } from '../../host/index.ts';
import { EngineSupervisor } from '../../supervisor/index.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';

export type ServeOptions = EngineArgs & {
  /** The one of the last start, where that is free, unless told. */
  readonly port: number | undefined;
  /** Called with an address that shows the page, once it can be used. */
  readonly onReady?: (address: string) => void;
};

/** Serves the page until Ctrl-C. The engine, a process of its own, loads while the host is listening. */
export async function runServe(options: ServeOptions, context: ProgramContext): Promise<number> {
  const { root, io } = context;
  const pageFolder = join(root, 'dist', 'app');
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new CommandError(
      `The page has not been built (${pageFolder} is missing): run "npm run build".`,
      1,
    );
  }
  const stop = aborted(stopSignal());
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  // It may end before anybody waits for it.
  givenUp.catch(() => undefined);
  const supervisor = new EngineSupervisor<Upgrade>({
    start: (ended) =>
      forkEngine({ module: engineModule(root), args: options, clock: hostClock, onReady }, ended),
    refuse: refuseSocket,
    clock: hostClock,
    onCrash: ({ reason }) => {
      io.stderr.write(`parley: The engine stopped and is started again. ${reason}\n`);
    },
    giveUp: async ({ reason, exitCode }) => {
      reject(new CommandError(reason, exitCode === 2 ? 2 : 1));
      return false;
    },
    quit: () => undefined,
  });
  try {
    // Only now, so that it is loaded while the engine's process begins.
    const { startAtKnownPort, startBrowserHost } = await import('../../host/index.ts');
    const start = (port: number) =>
      startBrowserHost({ pageFolder, port, engine: supervisor, clock: hostClock });
    const host = await (options.port === undefined
      ? startAtKnownPort(homeFolder(process.env), start, (sentence) => {
          io.stderr.write(`parley: ${sentence}\n`);
        })
      : start(options.port));
    try {
      const isReady = await Promise.race([ready.then(() => true), stop.then(() => false), givenUp]);
      if (isReady) {
        io.stdout.write(`Parley is ready: ${host.url}\n`);
        options.onReady?.(host.openingUrl());
        await Promise.race([stop, givenUp]);
      }
    } finally {
      host.close();
    }
  } finally {
    await supervisor.close();
  }
  return 0;
}

/** As the launcher does: what is built where it is, else the sources. */
function engineModule(root: string): string {
  const built = join(root, 'dist', 'main', 'engineChild.cjs');
  return existsSync(built) ? built : join(root, 'main', 'engine', 'engineChild.ts');
}
