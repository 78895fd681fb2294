import { fork } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Clock } from '../../core/base/index.ts';
import type { EngineArgs, FromChild, ToChild } from '../engine/index.ts';
import type { EngineEnd, SupervisedEngine } from '../supervisor/index.ts';

/** A request to become a WebSocket, read by the host and answered by the engine. */
export type Upgrade = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
};

export type EngineChildOptions = {
  /** The file that a process runs to be an engine. */
  readonly module: string;
  readonly args: EngineArgs;
  readonly clock: Clock;
  readonly onReady: () => void;
};

/** Longer than an engine takes that still has something to write. */
const CLOSE_LIMIT_MS = 10_000;

/**
 * Starts an engine as a process of its own. Its clients' sockets are handed over whole, so that the host
 * is no way round for any message, and an engine that dies takes nothing with it but its own sockets.
 */
export function forkEngine(
  { module, args, clock, onReady }: EngineChildOptions,
  ended: (end: EngineEnd) => void,
): SupervisedEngine<Upgrade> {
  const child = fork(module, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  let failure: EngineEnd | undefined;
  // Its end is told by `exit`; what could not be sent any more is nobody's loss.
  const send = (message: ToChild): void => {
    child.send(message, () => undefined);
  };
  child.on('message', (message: FromChild) => {
    if (message.type === 'ready') onReady();
    else failure = { reason: message.reason, exitCode: message.exitCode };
  });
  child.once('exit', (code, signal) => {
    resolve();
    const how = signal === null ? `It ended with code ${String(code)}.` : `${signal} ended it.`;
    ended(failure ?? { reason: how });
  });
  child.once('error', (error) => {
    resolve();
    ended({ reason: `The engine cannot be started: ${error.message}`, exitCode: 1 });
  });
  send({ type: 'start', args });
  return {
    connect: ({ request, socket, head }) => {
      socket.on('error', () => undefined);
      if (!(socket instanceof Socket)) {
        socket.destroy();
        return;
      }
      stopReading(socket);
      const { headers } = request;
      const message: ToChild = { type: 'connect', headers, head: head.toString('base64') };
      child.send(message, socket, (error) => {
        if (error !== null) socket.destroy();
      });
    },
    close: async () => {
      send({ type: 'close' });
      const limit = clock.after(CLOSE_LIMIT_MS, () => {
        child.kill('SIGKILL');
      });
      await gone;
      limit.cancel();
    },
  };
}

/**
 * Node goes on reading a socket that it hands over until the other process has said that it has it, and drops
 * what it reads: a client that speaks as soon as it is let in would lose its first words. There is no public
 * way to stop that once a request has been read; `pauseOnConnect` would pause the request as well.
 */
function stopReading(socket: Socket): void {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name
  const handle: unknown = '_handle' in socket ? socket._handle : undefined;
  if (typeof handle !== 'object' || handle === null || !('readStop' in handle)) return;
  if (typeof handle.readStop === 'function') handle.readStop();
}
