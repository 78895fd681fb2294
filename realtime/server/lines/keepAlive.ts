import type { WebSocket } from 'ws';

import type { Clock, Timer } from '../../../core/base/index.ts';

const PING_EVERY_MS = 20_000;
const MISSES_ALLOWED = 2;

/** Pings a socket and drops it after two pings without any sign of life. */
export function watchSocket(socket: WebSocket, clock: Clock, log: (message: string) => void): void {
  let missed = 0;
  let timer: Timer;
  const alive = (): void => {
    missed = 0;
  };
  const check = (): void => {
    if (missed >= MISSES_ALLOWED) {
      log(`no answer to ${missed} pings; the socket was dropped`);
      socket.terminate();
      return;
    }
    missed += 1;
    socket.ping();
    timer = clock.after(PING_EVERY_MS, check);
  };
  timer = clock.after(PING_EVERY_MS, check);
  socket.on('pong', alive);
  socket.on('message', alive);
  socket.on('close', () => {
    timer.cancel();
  });
}
