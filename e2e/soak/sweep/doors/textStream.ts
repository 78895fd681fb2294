import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';

import { messageAnswer } from '../../../../core/model/testing/index.ts';
import { ATTACKS, type AttackName, type Door } from '../cells.ts';
import { DEEP, huge, noise } from '../payloads.ts';
import { askText, startEngineAt, textCells } from './engineAtPeer.ts';

/** Events nobody can read are passed over, so of such an answer only the end is missing. */
const NO_END = /cannot be used: its end is missing\.$/u;

/** A provider of text over an HTTP stream, which the engine calls. */
export const textStream: Door = {
  name: 'text provider over HTTP',
  maxMemoryMiB: 600,
  open: async () => {
    await using opening = new AsyncDisposableStack();
    const server = createServer((request, response) => {
      request.resume();
      // The engine hangs up on whatever it has given up.
      response.on('error', () => undefined);
      const name = ATTACKS.find((attack) => request.url?.startsWith(`/${pathOf(attack)}/`));
      if (request.method !== 'POST') response.end('{"models":[],"data":[]}');
      else void answers[name ?? 'none'](response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    opening.defer(() => {
      server.close();
      server.closeAllConnections();
    });
    const { port } = server.address() as AddressInfo;
    const engine = await startEngineAt({
      baseUrl: (attack) => `http://127.0.0.1:${port}/${pathOf(attack)}/v1`,
      settings: [],
    });
    opening.use(engine.product);
    const resources = opening.move();
    return {
      product: engine.product,
      askAsOther: () => askText(engine),
      cells: textCells(engine, {
        deep: NO_END,
        huge: /cannot be used: one event is larger than anything sensible\.$/u,
        torn: /the connection to \S+ broke/u,
        binary: NO_END,
        'wrong type': NO_END,
      }),
      [Symbol.asyncDispose]: () => resources[Symbol.asyncDispose](),
    };
  },
};

const pathOf = (attack: AttackName | 'none'): string => attack.replace(' ', '_');

const events = messageAnswer('Hello there').map(
  (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
);
const whole = events.join('');
/** Its message has begun. */
const beginning = events.slice(0, 2).join('');
const delta = events[2] ?? '';

type Answer = (response: ServerResponse) => void | Promise<void>;

const begin = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(beginning);
};

/** Resolves when it is on its way, or never can be. */
async function write(response: ServerResponse, piece: string | Buffer): Promise<void> {
  await new Promise((written) => {
    response.write(piece, written);
  });
}

const ends =
  (...pieces: readonly (() => string | Buffer)[]): Answer =>
  async (response) => {
    begin(response);
    for (const piece of pieces) await write(response, piece());
    response.end();
  };

const answers: Readonly<Record<AttackName | 'none', Answer>> = {
  none: ends(() => whole.slice(beginning.length)),
  deep: ends(
    () => `data: {"type":"response.output_item.done","output_index":0,"item":${DEEP}}\n\n`,
  ),
  huge: ends(
    () => 'data: {"type":"response.output_text.delta","delta":"',
    huge,
    huge,
    () => '"}\n\n',
  ),
  torn: async (response) => {
    begin(response);
    response.write(delta.slice(0, -20));
    await nextTick();
    response.destroy();
  },
  binary: ends(() => noise(1_000_000)),
  // A hundred times what any model says in a second; whoever reads it has to keep up.
  endless: async (response) => {
    begin(response);
    while (!response.destroyed) {
      await write(response, delta.repeat(20));
      await sleep(1);
    }
  },
  slow: async (response) => {
    for (const byte of Buffer.from(whole)) {
      response.write(Buffer.from([byte]));
      await nextTick();
    }
    response.end();
  },
  silent: begin,
  'wrong type': ends(
    () => 'data: 7\n\ndata: []\n\ndata: {"type":7}\n\n',
    () => 'data: {"type":"response.output_item.done","output_index":"0","item":7}\n\n',
  ),
};
