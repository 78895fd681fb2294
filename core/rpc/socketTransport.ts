import type { WebSocket } from 'ws';

import type { JsonRpcMessage, Transport } from '../protocol/index.ts';

const OPEN = 1;

/**
 * One JSON object per text frame over a WebSocket that is open already; binary frames and frames that
 * are no JSON are dropped (app-server §1).
 */
export function createSocketTransport(
  socket: WebSocket,
  onUnreadable: (frame: string) => void,
): Transport {
  return new SocketTransport(socket, onUnreadable);
}

class SocketTransport implements Transport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  readonly #socket: WebSocket;

  constructor(socket: WebSocket, onUnreadable: (frame: string) => void) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      const frame = Array.isArray(data)
        ? Buffer.concat(data).toString('utf8')
        : Buffer.from(data instanceof ArrayBuffer ? new Uint8Array(data) : data).toString('utf8');
      let message: unknown;
      try {
        message = JSON.parse(frame);
      } catch {
        onUnreadable(frame);
        return;
      }
      this.onMessage?.(message);
    });
    socket.on('close', () => {
      this.onClose?.();
      this.onClose = undefined;
    });
    // `close` follows an error, so there is nothing to do here but to keep it from being thrown.
    socket.on('error', () => undefined);
  }

  send(message: JsonRpcMessage): void {
    if (this.#socket.readyState === OPEN) this.#socket.send(JSON.stringify(message));
  }

  close(): void {
    this.#socket.close(1000);
  }
}
