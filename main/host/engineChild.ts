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
  // Sockets on their way, the oldest first. Node forgets about them when the child ends.
  const onTheirWay: Handover[] = [];
  child.on('message', (message: FromChild) => {
    switch (message.type) {
      case 'ready':
        onReady();
        return;
      case 'taken':
        onTheirWay.shift();
        return;
      case 'failed':
        failure = message;
        return;
    }
  });
  child.once('exit', (code, signal) => {
    for (const handover of onTheirWay.splice(0)) hangUp(handover);
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
      const handover = { socket, handle: nodeHandle(socket) };
      handover.handle?.readStop();
      onTheirWay.push(handover);
      const { headers } = request;
      const message: ToChild = { type: 'connect', headers, head: head.toString('base64') };
      child.send(message, socket, (error) => {
        if (error !== null) hangUp(handover);
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

/** The part used here of what Node has below a `Socket`, and takes from it when it hands it over. */
type NodeHandle = { readStop(): unknown; close(): unknown };

type Handover = { readonly socket: Socket; readonly handle: NodeHandle | undefined };

/**
 * Node goes on reading a socket that it hands over until the other process has said that it has it, and drops
 * what it reads: a client that speaks as soon as it is let in would lose its first words. There is no public
 * way to stop that once a request has been read (`pauseOnConnect` would pause the request as well), and none
 * to close a socket that was not taken.
 */
function nodeHandle(socket: Socket): NodeHandle | undefined {
  // oxlint-disable-next-line no-underscore-dangle -- Node's own name
  const handle: unknown = '_handle' in socket ? socket._handle : undefined;
  return isNodeHandle(handle) ? handle : undefined;
}

function isNodeHandle(handle: unknown): handle is NodeHandle {
  if (typeof handle !== 'object' || handle === null) return false;
  const has = (name: string): boolean => typeof Reflect.get(handle, name) === 'function';
  return has('readStop') && has('close');
}

/** Closes a socket that Node has still, or has put on its way. */
function hangUp({ socket, handle }: Handover): void {
  if (nodeHandle(socket) === undefined) handle?.close();
  else socket.destroy();
}
