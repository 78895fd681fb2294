import type { WebSocket } from 'ws';

import type { Clock, Timer } from '../../../core/base/index.ts';

const PING_EVERY_MS = 20_000;
const MISSED_PONGS_ALLOWED = 2;

/** Pings a client every 20 s and drops it when two pings in a row stay unanswered. */
export function keepAlive(
  socket: Pick<WebSocket, 'on' | 'ping' | 'terminate'>,
  clock: Clock,
): void {
  let missed = 0;
  let timer: Timer;
  const beat = (): void => {
    timer = clock.after(PING_EVERY_MS, () => {
      if (missed === MISSED_PONGS_ALLOWED) {
        socket.terminate();
        return;
      }
      missed += 1;
      socket.ping();
      beat();
    });
  };
  socket.on('pong', () => {
    missed = 0;
  });
  socket.on('close', () => {
    timer.cancel();
  });
  beat();
}
