import { setImmediate as nextTick, setTimeout as sleep } from 'node:timers/promises';

import type { WebSocket } from 'ws';

import type { Door } from '../cells.ts';
import { DEEP, HUGE_BYTES, noise } from '../payloads.ts';
import { engineDoor, textCells } from './engineAtPeer.ts';
import { ANSWER_EVENTS, type Behaviour, listenAsPeer } from './hostilePeer.ts';

/**
 * A provider of text over a WebSocket. Whatever a socket does, the same is asked over HTTP, which answers here; where a part of
 * an answer was seen before, people are told that it begins again. The verdict on an address is remembered, so
 * another attack meets HTTP at once.
 */
export const textSocket: Door = engineDoor({
  name: 'text provider over a WebSocket',
  maxMemoryMiB: 600,
  settings: ['supports_websockets = true'],
  peer: () =>
    listenAsPeer({
      onSocket: (behaviour, socket) => {
        socket.on('message', () => void answers[behaviour](socket));
      },
    }),
  cells: (engine) =>
    textCells(engine, {
      huge: { atMost: /broke .* Asking again\.$/u },
      binary: { atMost: /closed the connection .* Asking again\.$/u },
      'wrong type': { atMost: /closed the connection .* Asking again\.$/u },
    }),
});

type Answer = (socket: WebSocket) => void | Promise<void>;

const [created = '', added = '', delta = ''] = ANSWER_EVENTS;

const says =
  (...frames: readonly (() => string | Buffer)[]): Answer =>
  (socket) => {
    socket.send(created);
    socket.send(added);
    for (const frame of frames) socket.send(frame());
    socket.close();
  };

const answers: Readonly<Record<Behaviour, Answer>> = {
  none: (socket) => {
    for (const event of ANSWER_EVENTS) socket.send(event);
  },
  deep: says(
    () => `{"type":"response.output_item.done","output_index":0,"item":${DEEP}}`,
    () => ANSWER_EVENTS.at(-1) ?? '',
  ),
  huge: says(() => 'a'.repeat(2 * HUGE_BYTES)),
  torn: async (socket) => {
    socket.send(created);
    socket.send(delta.slice(0, 20), { fin: false });
    await nextTick();
    socket.terminate();
  },
  binary: says(() => noise(100_000)),
  endless: async (socket) => {
    socket.send(created);
    socket.send(added);
    while (socket.readyState === socket.OPEN) {
      for (let frame = 0; frame < 20; frame += 1) socket.send(delta);
      await sleep(1);
    }
  },
  slow: async (socket) => {
    for (const event of ANSWER_EVENTS) {
      for (const letter of event) {
        socket.send(letter, { fin: false });
        await nextTick();
      }
      socket.send('', { fin: true });
    }
  },
  silent: () => undefined,
  'wrong type': says(
    () => '7',
    () => '{"type":7}',
    () => '{"type":"response.output_item.done","output_index":"0","item":7}',
  ),
};
