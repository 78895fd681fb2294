import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { classes, Message, methods } from 'werift';

export type Stranger = Disposable & {
  readonly replies: Buffer[];
  send(data: Buffer): Promise<void>;
};

/** A socket of somebody on this machine who has read the answer's address. */
export async function openStranger(answerSdp: string): Promise<Stranger> {
  const [, address = '', port = ''] = /candidate:\S+ 1 udp \d+ (\S+) (\d+)/.exec(answerSdp) ?? [];
  const socket = createSocket('udp4');
  socket.bind({ address, port: 0 });
  await once(socket, 'listening');
  const replies: Buffer[] = [];
  socket.on('message', (data) => replies.push(data));
  return {
    replies,
    send: (data) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.send(data, Number(port), address, () => {
        resolve();
      });
      return promise;
    },
    [Symbol.dispose]: () => {
      socket.close();
    },
  };
}

/** The check of somebody who knows the names, and perhaps the password. */
export function check(
  user: string,
  password: string | undefined,
  options: { readonly role?: 'ICE-CONTROLLING' | 'ICE-CONTROLLED'; readonly method?: methods } = {},
): Buffer {
  const message = new Message(options.method ?? methods.BINDING, classes.REQUEST);
  message.setAttribute('USERNAME', user);
  message.setAttribute('PRIORITY', 1);
  message.setAttribute(options.role ?? 'ICE-CONTROLLING', 1n);
  if (password !== undefined) message.addMessageIntegrity(Buffer.from(password));
  return message.addFingerprint().bytes;
}
