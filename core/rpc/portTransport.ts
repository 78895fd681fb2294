import { depthProblem } from '../base/index.ts';
import {
  type JsonRpcMessage,
  type PortMark,
  readPortMark,
  type Transport,
} from '../protocol/index.ts';
import { refuseObject } from './incoming.ts';
import { SendLimit, UNREAD_REASON } from './sendLimit.ts';

/** The part of Node's MessagePort and Electron's MessagePortMain that carries messages. */
export interface PortLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** How much is sent before the far side is asked to say that it has read it. */
const MARK_EVERY_BYTES = 1024 * 1024;

/**
 * Messages over a message port; they arrive as objects and are never text. A port does not tell what is
 * unread, so marks are set between messages, which the far side answers (`PortMark`); one that leaves
 * too much unread is closed.
 */
export function createPortTransport(port: PortLike): Transport {
  return new PortTransport(port);
}

class PortTransport implements Transport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: ((reason?: string) => void) | undefined;
  readonly #port: PortLike;
  readonly #limit = new SendLimit();
  #sentBytes = 0;
  #markedBytes = 0;
  #readBytes = 0;
  #closed = false;

  constructor(port: PortLike) {
    this.#port = port;
    port.onMessage((message) => {
      const mark = readPortMark(message);
      if (mark === undefined) this.#take(message);
      else if (mark.portMark === 'read') this.#readBytes = mark.sentBytes;
    });
    port.onClose(() => {
      this.#finish();
    });
  }

  send(message: JsonRpcMessage): void {
    if (this.#closed) return;
    if (!this.#limit.admits(this.unreadBytes)) {
      this.#port.close();
      this.#finish(UNREAD_REASON);
      return;
    }
    this.#port.postMessage(message);
    const bytes = roughBytes(message);
    this.#limit.sent(bytes);
    this.#sentBytes += bytes;
    if (this.#sentBytes - this.#markedBytes < MARK_EVERY_BYTES) return;
    this.#markedBytes = this.#sentBytes;
    const mark: PortMark = { portMark: 'set', sentBytes: this.#sentBytes };
    this.#port.postMessage(mark);
  }

  get unreadBytes(): number {
    return this.#markedBytes - this.#readBytes;
  }

  close(): void {
    this.#port.close();
    this.#finish();
  }

  #take(message: unknown): void {
    const problem = depthProblem(message);
    if (problem === undefined) this.onMessage?.(message);
    else {
      const answer = refuseObject(message, problem);
      if (answer !== undefined) this.send(answer);
    }
  }

  #finish(reason?: string): void {
    if (this.#closed) return;
    this.#closed = true;
    queueMicrotask(() => this.onClose?.(reason));
  }
}

/** About what a message takes in memory; its text is nearly all of it. */
function roughBytes(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let bytes = 16;
  for (const part of Object.values(value)) bytes += roughBytes(part);
  return bytes;
}
