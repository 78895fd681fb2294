import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

import type { Clock } from '../../../core/base/index.ts';
import type { OpenedEngine } from '../joining/index.ts';
import { type EngineArgs, exitCodeOf, failureLine } from '../process/index.ts';
import { createSocketAcceptor } from '../sockets/index.ts';
import type { FromChild, ToChild } from './messages.ts';

/** The channel to the host, which is `process` in a child of Node's. */
export type ChildChannel = {
  on(event: 'message', listener: (message: ToChild, handle: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
  /** Without `told` a message that cannot be sent any more would end the process. */
  send(message: FromChild, told: (error: Error | null) => void): unknown;
};

export type ChildDeps = {
  startEngine(args: EngineArgs): Promise<OpenedEngine>;
  readonly clock: Clock;
  /** Resolves when this process is told to end by others than its host. */
  readonly stopped: Promise<void>;
};

/**
 * The engine of a host that runs it as a process of its own: takes over the sockets it is handed, so that
 * no message makes a way round by the host. Resolves to the code to exit with when the host said so, is
 * gone, the engine cannot start, or it was another process's and has ended.
 */
export async function serveChild(channel: ChildChannel, deps: ChildDeps): Promise<number> {
  const { promise: args, resolve: start } = Promise.withResolvers<EngineArgs>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  void deps.stopped.then(end);
  const engine = args.then((given) => deps.startEngine(given));
  const acceptor = createSocketAcceptor(engine, deps.clock, { isOwner: true });
  // A host that is gone has nothing to hear; that it is gone comes by itself.
  const tell = (message: FromChild): void => {
    channel.send(message, () => undefined);
  };
  channel.on('message', (message, handle) => {
    switch (message.type) {
      case 'start':
        start(message.args);
        return;
      case 'connect':
        tell({ type: 'taken' });
        if (handle instanceof Socket) {
          acceptor.accept(
            upgradeRequest(handle, message),
            handle,
            Buffer.from(message.head, 'base64'),
          );
        }
        return;
      case 'close':
        end();
        return;
    }
  });
  // A host that was killed says nothing; without it nobody can come in any more.
  channel.on('disconnect', end);
  try {
    const first = await Promise.race([engine, ended]);
    if (first !== undefined) tell({ type: 'ready' });
    const lost = await Promise.race([ended, first?.lost ?? ended]);
    if (lost !== undefined) tell({ type: 'failed', reason: lost });
    if (first !== undefined) await Promise.all([acceptor.closeAll(), first.close()]);
    return lost === undefined ? 0 : 1;
  } catch (error) {
    const exitCode = exitCodeOf(error);
    tell({ type: 'failed', reason: wordsOf(error), exitCode });
    return exitCode;
  }
}

/** The request that the host has read, for whoever completes the upgrade. */
function upgradeRequest(
  socket: Socket,
  { headers }: Extract<ToChild, { type: 'connect' }>,
): IncomingMessage {
  const request = new IncomingMessage(socket);
  request.method = 'GET';
  request.headers = headers;
  return request;
}

const wordsOf = (error: unknown): string => failureLine(error).replace(/^parley: |\n$/gu, '');
