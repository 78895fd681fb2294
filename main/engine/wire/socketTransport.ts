import type { WebSocket } from 'ws';

import type { Clock, Timer } from '../../../core/base/index.ts';
import type { JsonRpcMessage, Transport } from '../../../core/protocol/index.ts';

const PING_EVERY_MS = 20_000;

/**
 * One JSON object per text frame; binary frames and frames that are not JSON are passed over
 * (app-server §1). A peer that leaves two pings unanswered is taken for gone.
 */
export function createSocketTransport(socket: WebSocket, clock: Clock): Transport {
  let missedPongs = 0;
  let timer: Timer;
  const schedulePing = (): void => {
    timer = clock.after(PING_EVERY_MS, () => {
      if (missedPongs === 2) {
        socket.terminate();
        return;
      }
      missedPongs += 1;
      socket.ping();
      schedulePing();
    });
  };
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send: (message: JsonRpcMessage) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    close: () => {
      socket.close();
    },
  };
  socket.on('pong', () => {
    missedPongs = 0;
  });
  socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    let message: unknown;
    try {
      message = JSON.parse(textOf(data));
    } catch {
      return;
    }
    transport.onMessage?.(message);
  });
  // `close` always follows an error; the listener keeps the error from ending the process.
  socket.on('error', () => undefined);
  socket.once('close', () => {
    timer.cancel();
    transport.onClose?.();
  });
  schedulePing();
  return transport;
}

function textOf(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
