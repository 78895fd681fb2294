import type { ServerResponse } from 'node:http';
import { setImmediate as nextTick } from 'node:timers/promises';

import { DEEP, huge, noise, PIECE } from '../payloads.ts';
import type { Behaviour } from './hostilePeer.ts';

type Answer = (response: ServerResponse) => void | Promise<void>;

/** Answers with one body, of which `right` is the one that was asked for, in each of the ways. */
export function hostileBodies(right: {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly wrongType: string;
}): Readonly<Record<Behaviour, Answer>> {
  const begin = (response: ServerResponse): void => {
    response.writeHead(right.status, right.headers);
    response.flushHeaders();
  };
  const ends =
    (body: () => string | Buffer): Answer =>
    (response) => {
      begin(response);
      response.end(body());
    };
  return {
    none: ends(() => right.body),
    deep: ends(() => DEEP),
    huge: ends(huge),
    torn: async (response) => {
      begin(response);
      response.write(right.body.slice(0, 5));
      await nextTick();
      response.destroy();
    },
    binary: ends(() => noise(10_000)),
    endless: async (response) => {
      begin(response);
      while (!response.destroyed) {
        await new Promise((written) => {
          response.write(PIECE, written);
        });
        await nextTick();
      }
    },
    slow: async (response) => {
      begin(response);
      for (const byte of Buffer.from(right.body)) {
        response.write(Buffer.from([byte]));
        await nextTick();
      }
      response.end();
    },
    silent: begin,
    'wrong type': ends(() => right.wrongType),
  };
}
