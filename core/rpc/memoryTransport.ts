import type { JsonRpcMessage, Transport } from '../protocol/index.ts';

class MemoryTransport implements Transport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  peer: MemoryTransport | undefined;

  send(message: JsonRpcMessage): void {
    const { peer } = this;
    // A clone keeps the two sides from sharing objects, as a real wire would.
    const copy: unknown = structuredClone(message);
    queueMicrotask(() => peer?.onMessage?.(copy));
  }

  close(): void {
    const { peer } = this;
    if (peer === undefined) return;
    this.peer = undefined;
    peer.peer = undefined;
    queueMicrotask(() => {
      this.onClose?.();
      peer.onClose?.();
    });
  }
}

/**
 * Two transports joined back to back, for tests and for running client and engine in one process. Both
 * sides run to the end of each message before anything else happens, so nothing can be left unread.
 */
export function createMemoryTransportPair(): readonly [Transport, Transport] {
  const left = new MemoryTransport();
  const right = new MemoryTransport();
  left.peer = right;
  right.peer = left;
  return [left, right];
}
