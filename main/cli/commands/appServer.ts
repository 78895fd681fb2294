import process from 'node:process';

import {
  type AppServerArgs,
  hostClock,
  listenForClients,
  loadEngine,
  readListenAddress,
  serveStdio,
  startEngine,
} from '../../engine/index.ts';
import { VERSION } from '../../version.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../program.ts';

/** The engine alone, over stdio or listening for WebSocket clients, until its input ends or Ctrl-C. */
export async function runAppServer(args: AppServerArgs, { io }: ProgramContext): Promise<number> {
  const address = readListenAddress(args.listen);
  const stopped = aborted(stopSignal());
  const facts = { env: process.env, cwd: process.cwd(), version: VERSION, loadEngine };
  if (address.kind === 'stdio') {
    const { stdin: input, stdout: output, stderr: errors } = process;
    await serveStdio(
      { ...args, isAnswered: false },
      { ...facts, input, output, errors, stopped, beforeLoading: () => undefined },
    );
    return 0;
  }
  const engine = startEngine(args, facts);
  engine.catch(() => undefined);
  const listener = await listenForClients(engine, address, hostClock);
  try {
    const running = await engine;
    io.stderr.write(`listening on: ${listener.url}\n`);
    await stopped;
    await Promise.all([listener.close(), running.close()]);
  } finally {
    await listener.close();
  }
  return 0;
}
