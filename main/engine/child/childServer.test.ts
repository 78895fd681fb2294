import { EventEmitter } from 'node:events';

import { expect, test } from 'vitest';

import { ManualClock } from '../../../core/base/testing/index.ts';
import { FakeEngine } from '../../testing/index.ts';
import { type ChildChannel, serveChild } from './childServer.ts';

/** The channel of a host that has just been killed, as Node has it until it notices. */
class BrokenChannel extends EventEmitter {
  send(_message: unknown, told?: (error: Error) => void): void {
    const error = new Error('write EPIPE');
    if (told === undefined) throw error;
    told(error);
  }
}

test('an engine whose host is gone ends in order, and not by what it could not tell', async () => {
  const engine = new FakeEngine();
  const channel = new BrokenChannel();
  const ended = serveChild(channel satisfies ChildChannel, {
    startEngine: async () => engine,
    clock: new ManualClock(),
    stopped: new Promise(() => undefined),
  });
  const args = { configOverrides: [], enable: [], disable: [] };
  channel.emit('message', { type: 'start', args });
  channel.emit('message', { type: 'connect', headers: {}, head: '' }, undefined);
  await new Promise((resolve) => setImmediate(resolve));
  channel.emit('disconnect');

  expect(await ended).toBe(0);
});
