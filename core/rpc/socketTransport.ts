import type { WebSocket } from 'ws';

import { frameText } from '../../realtime/transport/index.ts';
import type { JsonRpcMessage, Transport } from '../protocol/index.ts';
import { messageText } from './exactId.ts';
import { readMessage } from './incoming.ts';
import { SendLimit, UNREAD_REASON } from './sendLimit.ts';

const OPEN = 1;
/** "Try again later" of the registry of WebSocket close codes. */
const TRY_AGAIN_LATER = 1013;

/**
 * One JSON object per text frame over a WebSocket that is open already; binary frames and frames that
 * are no JSON are passed over (app-server §1), those that are too deep are refused. How long a frame may be is set where the socket is made (`MAX_MESSAGE_BYTES`). A peer that leaves too much unread is closed with 1013, and
 * what it has not read then is kept only until the library's own deadline for the goodbye.
 */
export function createSocketTransport(
  socket: WebSocket,
  onUnreadable: (problem: string) => void,
): Transport {
  return new SocketTransport(socket, onUnreadable);
}

class SocketTransport implements Transport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: ((reason?: string) => void) | undefined;
  readonly #socket: WebSocket;
  readonly #limit = new SendLimit();
  #closed = false;

  constructor(socket: WebSocket, onUnreadable: (problem: string) => void) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary || this.#closed) return;
      const read = readMessage(frameText(data));
      if (read.kind === 'message') {
        this.onMessage?.(read.message);
        return;
      }
      onUnreadable(read.problem);
      if (read.answer !== undefined) this.send(read.answer);
    });
    socket.on('close', () => {
      this.#finish();
    });
    // `close` follows an error, so there is nothing to do here but to keep it from being thrown.
    socket.on('error', () => undefined);
  }

  send(message: JsonRpcMessage): void {
    if (this.#closed || this.#socket.readyState !== OPEN) return;
    if (!this.#limit.admits(this.unreadBytes)) {
      this.#socket.close(TRY_AGAIN_LATER, UNREAD_REASON);
      queueMicrotask(() => {
        this.#finish(UNREAD_REASON);
      });
      return;
    }
    const frame = messageText(message);
    this.#limit.sent(Buffer.byteLength(frame));
    this.#socket.send(frame);
  }

  get unreadBytes(): number {
    return this.#socket.bufferedAmount;
  }

  close(): void {
    this.#socket.close(1000);
  }

  #finish(reason?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose?.(reason);
  }
}
