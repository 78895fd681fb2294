import type { PortLike } from '../../../core/rpc/index.ts';

/** The part of Electron's `MessagePortMain` that carries our messages. */
export type ElectronPort = {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
};

/** Shows an Electron port as what the engine's transports take; nothing flows before a listener is set. */
export function portFromElectron(port: ElectronPort): PortLike {
  return {
    postMessage: (message) => {
      port.postMessage(message);
    },
    onMessage: (listener) => {
      port.on('message', (event) => {
        listener(event.data);
      });
      // Deferred, because the transport's owner sets its callbacks right after making it.
      queueMicrotask(() => {
        port.start();
      });
    },
    onClose: (listener) => {
      port.on('close', listener);
    },
    close: () => {
      port.close();
    },
  };
}
