import { createHash, randomUUID } from 'node:crypto';

import type { Door } from '../cells.ts';
import { Product } from '../../product.ts';
import { askOverSocket, socketCells } from '../socketCells.ts';
import { rpcOverSocket } from './rpc.ts';

/** `app-server --listen ws://`, for clients that bring the token. */
export const appServerSocket: Door = {
  name: 'app-server over ws://',
  maxMemoryMiB: 400,
  open: async () => {
    const token = randomUUID();
    const digest = createHash('sha256').update(token).digest('hex');
    const product = await Product.start([
      'app-server',
      '--listen=ws://127.0.0.1:0',
      '--ws-auth=capability-token',
      `--ws-token-sha256=${digest}`,
    ]);
    const url = await product.printed(/ws:\/\/127\.0\.0\.1:\d+/u);
    const speech = rpcOverSocket(url, { authorization: `Bearer ${token}` });
    return {
      product,
      askAsOther: () => askOverSocket(speech),
      cells: socketCells(speech),
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  },
};
