import type { IpcMainEvent, MessagePortMain } from 'electron';

import { CONNECT_CHANNEL, isConnectAccepted } from '../shell/index.ts';

/** What is read of the event that brings a port. */
export type ConnectEvent = {
  readonly ports: readonly MessagePortMain[];
  readonly senderFrame: Pick<NonNullable<IpcMainEvent['senderFrame']>, 'url' | 'parent'> | null;
};

export type ConnectIpc = {
  on(channel: string, listener: (event: ConnectEvent) => void): unknown;
};

/**
 * Takes the page's ports and hands them to the engine. A message that is not from the main frame of our
 * own page, or that brings another number of ports, has all its ports closed.
 */
export function acceptConnections(ipc: ConnectIpc, connect: (port: MessagePortMain) => void): void {
  ipc.on(CONNECT_CHANNEL, ({ ports, senderFrame }) => {
    // Read at once: the frame may be gone after any wait.
    const sender =
      senderFrame === null
        ? undefined
        : { url: senderFrame.url, hasParent: senderFrame.parent !== null };
    const [port] = ports;
    if (port !== undefined && isConnectAccepted(sender, ports.length)) {
      connect(port);
      return;
    }
    for (const refused of ports) refused.close();
  });
}
