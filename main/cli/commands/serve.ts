import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { CommandError, type EngineArgs, hostClock } from '../../engine/index.ts';
import { forkEngine, refuseSocket, startBrowserHost, type Upgrade } from '../../host/index.ts';
import { EngineSupervisor } from '../../supervisor/index.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';

export type ServeOptions = EngineArgs & { readonly port: number };

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
    const host = await startBrowserHost({ pageFolder, port: options.port, engine: supervisor });
    try {
      await Promise.race([ready, stop, givenUp]);
      io.stdout.write(`Parley is ready: ${host.url}\n`);
      await Promise.race([stop, givenUp]);
    } finally {
      // The engine first: the server waits for the sockets that the engine has.
      await supervisor.close();
      await host.close();
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
