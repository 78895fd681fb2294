import type { Door } from '../cells.ts';
import { hostileBodies } from './bodies.ts';
import { answeredCells, engineDoor } from './engineAtPeer.ts';
import { listenAsPeer } from './hostilePeer.ts';

const answers = hostileBodies({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: '{"models":[],"data":[]}',
  wrongType: '{"models":7,"data":{"a":1}}',
});

/** The list of a provider's models. Turns need none, so nobody hears of one that cannot be read. */
export const modelList: Door = engineDoor({
  name: 'list of models',
  maxMemoryMiB: 300,
  peer: () => listenAsPeer({ onGet: (behaviour, response) => void answers[behaviour](response) }),
  cells: (engine) => answeredCells(engine, {}),
});
