import { setImmediate as nextTick } from 'node:timers/promises';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

import type { AttackName, Cell, Door } from '../cells.ts';
import { huge, noise, PIECE } from '../payloads.ts';
import { Product } from '../../product.ts';
import { stopped } from '../socketCells.ts';
import { DEEP_REFUSED, rpcSpeech, WRONG_TYPE_REFUSED } from './rpc.ts';

const TOO_LARGE = /^Invalid request: the message is larger than 32 MiB$/u;
const ENDLESS_PIECES = 64;

/** `app-server` on stdio. There is one connection, so the other asks on it, and waits for a line to end. */
export const appServerLines: Door = {
  name: 'app-server on stdio',
  maxMemoryMiB: 400,
  open: async () => {
    const product = await Product.start(['app-server']);
    const { stdin, stdout } = product.child;
    const messages: string[] = [];
    const lines = createInterface({ input: stdout }).on('line', (text) => messages.push(text));
    let mayAsk = Promise.resolve();
    let asked = 0;
    /** Under an id of its own: an answer to somebody before may still be on its way. */
    const ask = async (question: object): Promise<void> => {
      await mayAsk;
      asked += 1;
      const id = `asked ${asked}`;
      const mark = messages.length;
      stdin.write(`${JSON.stringify({ ...question, id })}\n`);
      while (!messages.slice(mark).some((message) => rpcSpeech.answers(message, id))) {
        await once(lines, 'line');
      }
    };
    await ask(JSON.parse(rpcSpeech.hello) as object);

    const cell = (told: Cell['told'], write: (stop: AbortSignal) => Promise<void>): Cell => ({
      told,
      attack: async (stop) => {
        const mark = messages.length;
        mayAsk = write(stop);
        await mayAsk;
        await ask(JSON.parse(rpcSpeech.question) as object);
        return messages.slice(mark).flatMap((message) => rpcSpeech.errorIn(message) ?? []);
      },
    });
    const put = async (bytes: Buffer | string): Promise<void> => {
      if (!stdin.write(bytes)) await once(stdin, 'drain');
    };
    const puts = (told: Cell['told'], text: () => Buffer | string): Cell =>
      cell(told, async () => {
        await put(text());
        await put('\n');
      });
    const cells: Readonly<Record<AttackName, Cell>> = {
      deep: puts(DEEP_REFUSED, () => rpcSpeech.deep),
      huge: puts(TOO_LARGE, () => `{"id":"attack","method":"${huge()}"}`),
      torn: puts('nothing', () => rpcSpeech.question.slice(0, -5)),
      binary: puts('nothing', () => noise(100_000)),
      endless: cell(TOO_LARGE, async () => {
        await put('{"id":"attack","method":"');
        for (let piece = 0; piece < ENDLESS_PIECES; piece += 1) await put(PIECE);
        await put('\n');
      }),
      slow: cell('nothing', async () => {
        for (const byte of Buffer.from(`${rpcSpeech.question}\n`)) {
          await put(Buffer.from([byte]));
          await nextTick();
        }
      }),
      silent: {
        told: 'nothing',
        attack: async (stop) => {
          await stopped(stop);
          return [];
        },
      },
      'wrong type': puts(WRONG_TYPE_REFUSED, () => rpcSpeech.wrongType),
    };
    return {
      product,
      askAsOther: () => ask(JSON.parse(rpcSpeech.question) as object),
      cells,
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  },
};
