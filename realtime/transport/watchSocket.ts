import type { WebSocket } from 'ws';

import { type Clock, Heartbeat, SILENCE_LIMIT_MS } from '../../core/base/index.ts';

/** Pings a socket that somebody opened to us, and drops it when nothing has come of it for too long. */
export function watchSocket(
  socket: Pick<WebSocket, 'on' | 'ping' | 'terminate'>,
  clock: Clock,
  log: (message: string) => void,
): void {
  const heartbeat = new Heartbeat(clock, {
    ping: () => {
      socket.ping();
    },
    dead: () => {
      log(`no sign of life for ${SILENCE_LIMIT_MS / 1000} s; the socket was dropped`);
      socket.terminate();
    },
  });
  const alive = (): void => {
    heartbeat.alive();
  };
  socket.on('pong', alive);
  socket.on('message', alive);
  socket.on('close', () => {
    heartbeat.stop();
  });
}
