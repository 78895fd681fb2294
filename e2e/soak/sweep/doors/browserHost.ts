import type { Door } from '../cells.ts';
import { askOverHttp, endlessHead, type HttpSpeech, httpCells } from '../httpCells.ts';
import { Product } from '../../product.ts';
import { askOverSocket, socketCells } from '../socketCells.ts';
import { rpcOverSocket } from './rpc.ts';

async function serve(): Promise<{ readonly product: Product; readonly url: URL }> {
  const product = await Product.start(['serve']);
  return {
    product,
    url: new URL(await product.printed(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/u)),
  };
}

/** `serve`: the page's own socket. */
export const browserSocket: Door = {
  name: 'browser host, its socket',
  maxMemoryMiB: 500,
  runsEngineBelow: true,
  open: async () => {
    const { product, url } = await serve();
    const speech = rpcOverSocket(`ws://${url.host}/rpc${url.search}`, { origin: url.origin });
    return {
      product,
      askAsOther: () => askOverSocket(speech),
      cells: socketCells(speech),
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  },
};

/** `serve`: the page's files. */
export const browserPage: Door = {
  name: 'browser host, its page',
  maxMemoryMiB: 400,
  runsEngineBelow: true,
  open: async () => {
    const { product, url } = await serve();
    const speech: HttpSpeech = {
      url: url.origin,
      question: { line: 'GET / HTTP/1.1' },
      deep: { line: `GET ${'/a/..'.repeat(2_000)} HTTP/1.1` },
      huge: () => ({ line: 'GET / HTTP/1.1', headers: { 'x-huge': 'a'.repeat(1024 * 1024) } }),
      endless: endlessHead(url.origin),
      wrongType: { line: 'POST / HTTP/1.1', body: '7' },
      told: {
        deep: /^40\d/u,
        huge: /^431 /u,
        binary: /^400 /u,
        // Whoever goes on talking may miss the answer: Node hangs up with it.
        endless: /^(?:431 |no answer$)/u,
        'wrong type': /^405 /u,
      },
    };
    return {
      product,
      askAsOther: () => askOverHttp(speech),
      cells: httpCells(speech),
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  },
};
