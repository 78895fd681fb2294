import {
  type JsonRpcMessage,
  type PortMark,
  readPortMark,
  type Transport,
} from '../../core/protocol/index.ts';
import type { MessageChannelLike } from './contract.ts';

/**
 * Lets an `AppServerClient` speak over the desktop shell's channel. Answers the marks by which the engine knows
 * what a page has read of a port.
 */
export function createChannelTransport(channel: MessageChannelLike): Transport {
  let closed = false;
  const transport: Transport = {
    onMessage: undefined,
    onClose: undefined,
    send: (message: JsonRpcMessage) => {
      if (!closed) channel.postMessage(message);
    },
    close: () => {
      if (closed) return;
      closed = true;
      channel.close();
    },
  };
  channel.onMessage((message) => {
    if (closed) return;
    const mark = readPortMark(message);
    if (mark === undefined) {
      transport.onMessage?.(message);
    } else {
      const read: PortMark = { ...mark, portMark: 'read' };
      channel.postMessage(read);
    }
  });
  channel.onClose(() => {
    if (closed) return;
    closed = true;
    transport.onClose?.();
  });
  return transport;
}
