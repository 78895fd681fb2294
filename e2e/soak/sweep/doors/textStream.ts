import type { ServerResponse } from 'node:http';
import { setImmediate as nextTick } from 'node:timers/promises';

import type { Door } from '../cells.ts';
import { DEEP, huge, noise } from '../payloads.ts';
import { engineDoor, textCells } from './engineAtPeer.ts';
import { ANSWER_STREAM, type Behaviour, listenAsPeer } from './hostilePeer.ts';

/** Events nobody can read are passed over, so of such an answer only the end is missing. */
const NO_END = /cannot be used: its end is missing\.$/u;

/** A provider of text over an HTTP stream, which the engine calls. */
export const textStream: Door = engineDoor({
  name: 'text provider over HTTP',
  maxMemoryMiB: 600,
  peer: () => listenAsPeer({ onPost: (behaviour, response) => void answers[behaviour](response) }),
  cells: (engine) =>
    textCells(engine, {
      deep: NO_END,
      huge: /cannot be used: one event is larger than anything sensible\.$/u,
      torn: /the connection to \S+ broke/u,
      binary: NO_END,
      'wrong type': NO_END,
    }),
});

/** Its message has begun. */
const beginning = ANSWER_STREAM.slice(0, 2).join('');
const [, , delta = ''] = ANSWER_STREAM;
const whole = ANSWER_STREAM.join('');

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

const answers: Readonly<Record<Behaviour, Answer>> = {
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
  // As fast as it is taken: whoever reads it tells its clients more bytes than came, and they have to keep up.
  endless: async (response) => {
    begin(response);
    while (!response.destroyed) await write(response, delta.repeat(20));
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
