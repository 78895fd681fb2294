import process from 'node:process';

import {
  answerFirstLine,
  type AppServerArgs,
  hostClock,
  listenForClients,
  loadEngine,
  readListenAddress,
  readSocketAuth,
  serveProcess,
  type SocketAuthFlags,
  startEngine,
  workingFolder,
} from '../../engine/index.ts';
import { VERSION } from '../../version.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';

/** The engine alone, over stdio or listening for WebSocket clients, until its input ends or Ctrl-C. */
export async function runAppServer(
  args: AppServerArgs & { readonly socketAuth: SocketAuthFlags },
  { io }: ProgramContext,
): Promise<number> {
  const address = readListenAddress(args.listen);
  const stopped = aborted(stopSignal());
  if (address.kind === 'stdio') {
    const { stdin: input, stdout: output, env } = process;
    const first = answerFirstLine({ input, output, env, version: VERSION });
    const hello = await Promise.race([first, stopped]);
    return hello === undefined ? 0 : serveProcess(hello, args, stopped);
  }
  const token = await readSocketAuth(args.socketAuth);
  const facts = { env: process.env, cwd: workingFolder(), version: VERSION, loadEngine };
  const engine = startEngine(args, facts);
  const listener = await listenForClients(engine, { ...address, token }, hostClock);
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
