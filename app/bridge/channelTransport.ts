import type { JsonRpcMessage, Transport } from '../../core/protocol/index.ts';
import type { MessageChannelLike } from './contract.ts';

/** Lets an `AppServerClient` speak over the host's channel. */
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
    if (!closed) transport.onMessage?.(message);
  });
  channel.onClose(() => {
    if (closed) return;
    closed = true;
    transport.onClose?.();
  });
  return transport;
}
