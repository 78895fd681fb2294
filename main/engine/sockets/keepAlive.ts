import type { WebSocket } from 'ws';

import { type Clock, Heartbeat } from '../../../core/base/index.ts';

/** Pings a client and drops it when it answers no more. */
export function keepAlive(
  socket: Pick<WebSocket, 'on' | 'ping' | 'terminate'>,
  clock: Clock,
): void {
  const heartbeat = new Heartbeat(clock, {
    ping: () => {
      socket.ping();
    },
    dead: () => {
      socket.terminate();
    },
  });
  socket.on('pong', () => {
    heartbeat.alive();
  });
  socket.on('close', () => {
    heartbeat.stop();
  });
}
