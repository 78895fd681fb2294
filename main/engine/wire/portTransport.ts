import type { JsonRpcMessage, Transport } from '../../../core/protocol/index.ts';

/** What Electron's `MessagePortMain` and Node's `MessagePort` have in common for us. */
export interface PortLike {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: unknown) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/** Carries messages as structured clones; `dataOf` says where this kind of port puts them. */
export function createPortTransport(
  port: PortLike,
  dataOf: (event: unknown) => unknown = electronData,
): Transport {
  let isClosed = false;
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send: (message: JsonRpcMessage) => {
      if (!isClosed) port.postMessage(message);
    },
    close: () => {
      port.close();
    },
  };
  port.on('message', (event) => transport.onMessage?.(dataOf(event)));
  port.on('close', () => {
    if (isClosed) return;
    isClosed = true;
    transport.onClose?.();
  });
  // Nothing flows until this is called, so that no message is lost before the listeners are there.
  queueMicrotask(() => {
    port.start();
  });
  return transport;
}

function electronData(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined;
}
