import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { WebSocket } from 'ws';

import type { Product } from '../product.ts';

/** A connection to the engine, whatever its wire. */
export type Wire = {
  /** Resolves when more may be sent. */
  readonly send: (message: string | Buffer) => Promise<void>;
  /** Ends it in the middle of a message; undefined where it is the engine's only one. */
  readonly cutOff: (() => Promise<void>) | undefined;
};

export type OpenWire = (onMessage: (message: string) => void) => Promise<Wire>;

export function overStdio({ child: { stdin, stdout } }: Product): OpenWire {
  const send = async (message: string | Buffer): Promise<void> => {
    stdin.write(message);
    if (!stdin.write('\n')) await once(stdin, 'drain');
  };
  return async (onMessage) => {
    createInterface({ input: stdout }).on('line', onMessage);
    return Promise.resolve({ send, cutOff: undefined });
  };
}

export const overSocket =
  (url: string): OpenWire =>
  async (onMessage) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    // Whoever waits for an answer is told that none comes.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      onMessage(data.toString('utf8'));
    });
    await once(socket, 'open');
    const send = async (message: string | Buffer): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      socket.send(message, () => {
        resolve();
      });
      await promise;
    };
    const cutOff = async (): Promise<void> => {
      socket.send('{"id":1,"met', { fin: false });
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    };
    return { send, cutOff };
  };
