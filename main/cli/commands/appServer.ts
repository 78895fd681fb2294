import { resolve } from 'node:path';
import process from 'node:process';

import {
  answerFirstLine,
  type AppServerArgs,
  hostClock,
  homeFolder,
  type ListenAddress,
  type Listener,
  listenForClients,
  listenOnSocket,
  loadEngine,
  type OpenDeps,
  type OpenedEngine,
  openEngine,
  readListenAddress,
  readSocketAuth,
  serveProcess,
  socketPath,
  type SocketAuthFlags,
  workingFolder,
} from '../../engine/index.ts';
import { VERSION } from '../../version.ts';
import { aborted, stopSignal } from '../commandIo.ts';
import type { ProgramContext } from '../context.ts';

type AppServerOptions = AppServerArgs & { readonly socketAuth: SocketAuthFlags };

/** The engine alone, over stdio or listening for WebSocket clients, until its input ends or Ctrl-C. */
export async function runAppServer(
  args: AppServerOptions,
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
  const tell = (sentence: string): void => {
    io.stderr.write(`parley: ${sentence}\n`);
  };
  const facts = { env: process.env, cwd: workingFolder(), version: VERSION, loadEngine, tell };
  const { engine, listener } = await listen(address, args, facts);
  try {
    const running = await engine;
    if (listener !== undefined) io.stderr.write(`listening on: ${listener.url}\n`);
    await stopped;
    await Promise.all([listener?.close(), running.close()]);
  } finally {
    await listener?.close();
  }
  return 0;
}

type Listening = {
  readonly engine: Promise<OpenedEngine>;
  /** Absent where only those come in who find the engine by its home. */
  readonly listener?: Listener;
};

async function listen(
  address: Exclude<ListenAddress, { kind: 'stdio' }>,
  args: AppServerOptions,
  facts: OpenDeps,
): Promise<Listening> {
  switch (address.kind) {
    case 'ws': {
      const token = await readSocketAuth(args.socketAuth);
      const engine = openEngine(args, facts, 'keep');
      return { engine, listener: await listenForClients(engine, { ...address, token }, hostClock) };
    }
    case 'unix': {
      const ofHome = socketPath(homeFolder(facts.env));
      const path = resolve(facts.cwd, address.path ?? ofHome);
      if (path !== ofHome) {
        const engine = openEngine(args, facts, 'keep');
        return { engine, listener: await listenOnSocket(path, engine, facts) };
      }
      const engine = openEngine(args, facts, 'hold');
      return { engine, listener: { url: `unix://${path}`, close: async () => undefined } };
    }
    case 'off':
      return { engine: openEngine(args, facts, 'hold') };
  }
}
