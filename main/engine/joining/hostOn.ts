import type { Socket } from 'node:net';

import type { Engine } from '../../../core/index.ts';
import { CommandError } from '../commandError.ts';
import type { Listener } from '../sockets/index.ts';
import { claimSocket, type HeldSocket } from './claimSocket.ts';
import type { JoiningFacts } from './facts.ts';
import type { LocalServer } from './localServer.ts';

export type Hosting = {
  /** Nobody can come in any more; says goodbye to those who are in. Twice does nothing. */
  close(): Promise<void>;
};

/**
 * Lets others in to an engine by a socket. What that takes is loaded when the first of them comes, because
 * most engines serve one client, who should not wait for it.
 */
export function hostOn(
  held: HeldSocket,
  engine: Promise<Pick<Engine, 'connect'>>,
  facts: Pick<JoiningFacts, 'version' | 'env'>,
): Hosting {
  let loaded: Promise<LocalServer> | undefined;
  const loadServer = async (): Promise<LocalServer> => {
    const { createLocalServer } = await import('./localServer.ts');
    return createLocalServer(engine, facts);
  };
  held.server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    loaded ??= loadServer();
    void take(socket, loaded);
  });
  return {
    close: async () => {
      held.release();
      const local = await loaded;
      await local?.close();
    },
  };
}

async function take(socket: Socket, loaded: Promise<LocalServer>): Promise<void> {
  try {
    (await loaded).take(socket);
  } catch {
    socket.destroy();
  }
}

/**
 * `app-server --listen unix://PATH` (app-server §1). Throws a `CommandError` where somebody listens there already, or
 * nobody can.
 */
export async function listenOnSocket(
  path: string,
  engine: Promise<Pick<Engine, 'connect'>>,
  facts: Pick<JoiningFacts, 'version' | 'env'>,
): Promise<Listener> {
  const hosting = hostOn(await holdSocket(path), engine, facts);
  return { url: `unix://${path}`, close: async () => hosting.close() };
}

/** Takes a socket that has to be ours; throws a `CommandError`. */
export async function holdSocket(path: string): Promise<HeldSocket> {
  const claim = await claimSocket(path);
  switch (claim.kind) {
    case 'held':
      // The process is there for those who come in, and has nothing else to live for.
      claim.server.ref();
      return claim;
    case 'taken':
      throw new CommandError(`Another engine listens on ${path} already.`, 1);
    case 'impossible':
      throw new CommandError(`Cannot listen on ${path}: ${claim.reason}.`, 1);
  }
}
