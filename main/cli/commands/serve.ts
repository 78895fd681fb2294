import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import {
  CommandError,
  type EngineArgs,
  hostClock,
  loadEngine,
  startEngine,
  workingFolder,
} from '../../engine/index.ts';
import { startBrowserHost } from '../../host/index.ts';
import { VERSION } from '../../version.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';

export type ServeOptions = EngineArgs & { readonly port: number };

/** Serves the page until Ctrl-C. The engine loads while the host is already listening. */
export async function runServe(options: ServeOptions, context: ProgramContext): Promise<number> {
  const pageFolder = join(context.root, 'dist', 'app');
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new CommandError(
      `The page has not been built (${pageFolder} is missing): run "npm run build".`,
      1,
    );
  }
  const stop = aborted(stopSignal());
  const engine = startEngine(options, {
    env: process.env,
    cwd: workingFolder(),
    version: VERSION,
    loadEngine,
  });
  const host = await startBrowserHost({ pageFolder, port: options.port, engine, clock: hostClock });
  try {
    const running = await engine;
    context.io.stdout.write(`Parley is ready: ${host.url}\n`);
    await stop;
    await Promise.all([host.close(), running.close()]);
  } finally {
    await host.close();
  }
  return 0;
}
