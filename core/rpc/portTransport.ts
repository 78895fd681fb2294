import type { JsonRpcMessage, Transport } from '../protocol/index.ts';

/** The part of Node's MessagePort and Electron's MessagePortMain that carries messages. */
export interface PortLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onClose(listener: () => void): void;
  close(): void;
}

/** Messages over a message port; they arrive as objects and are never text. */
export function createPortTransport(port: PortLike): Transport {
  let closed = false;
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send(message: JsonRpcMessage): void {
      if (!closed) port.postMessage(message);
    },
    close(): void {
      port.close();
      finish();
    },
  };
  const finish = (): void => {
    if (closed) return;
    closed = true;
    queueMicrotask(() => transport.onClose?.());
  };
  port.onMessage((message) => transport.onMessage?.(message));
  port.onClose(finish);
  return transport;
}
