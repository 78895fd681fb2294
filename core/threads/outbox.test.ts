import { setImmediate } from 'node:timers/promises';

import { expect, test } from 'vitest';

import type { Notify } from './ports.ts';
import { Outbox } from './outbox.ts';

type Tell = (method: string) => void;

function bench() {
  const told: string[] = [];
  const errors: unknown[] = [];
  const notify = ((method: string) => {
    told.push(method);
  }) as unknown as Notify;
  const outbox = new Outbox(notify, (error) => errors.push(error));
  const tell = outbox.tell as unknown as Tell;
  return { told, errors, outbox, tell };
}

test('where nothing waits for the disk, everything leaves at once', () => {
  const { told, tell, outbox } = bench();
  tell('item/started');
  tell('item/completed');
  outbox.run(() => told.push('a request'));

  expect(told).toEqual(['item/started', 'item/completed', 'a request']);
});

test('a completion leaves when what was recorded is on the disk, and what follows stays behind it', async () => {
  const { told, tell, outbox } = bench();
  const disk = Promise.withResolvers<undefined>();
  tell('turn/started');
  outbox.recorded(disk.promise);
  tell('item/started');
  tell('item/completed');
  tell('item/agentMessage/delta');
  outbox.run(() => told.push('a request'));
  tell('serverRequest/resolved');
  await setImmediate();

  expect(told).toEqual(['turn/started', 'item/started']);
  disk.resolve(undefined);
  await setImmediate();
  expect(told.slice(2)).toEqual([
    'item/completed',
    'item/agentMessage/delta',
    'a request',
    'serverRequest/resolved',
  ]);
});

test('sound and speech do not wait for the disk, and not before their session has been told of', async () => {
  const { told, tell, outbox } = bench();
  const disk = Promise.withResolvers<undefined>();
  outbox.recorded(disk.promise);
  tell('thread/realtime/item/completed');
  tell('thread/realtime/transcript/delta');
  tell('thread/realtime/outputAudio/delta');
  tell('thread/realtime/speech/started');
  expect(told).toEqual(['thread/realtime/outputAudio/delta', 'thread/realtime/speech/started']);

  tell('thread/realtime/started');
  tell('thread/realtime/outputAudio/delta');
  expect(told).toHaveLength(2);
  disk.resolve(undefined);
  await setImmediate();
  expect(told.slice(2)).toEqual([
    'thread/realtime/item/completed',
    'thread/realtime/transcript/delta',
    'thread/realtime/started',
    'thread/realtime/outputAudio/delta',
  ]);
});

test('each completion waits for the records before it and not for those after it', async () => {
  const { told, tell, outbox } = bench();
  const [first, second] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  outbox.recorded(first.promise);
  tell('item/completed');
  outbox.recorded(second.promise);
  tell('turn/completed');
  first.resolve(undefined);
  await setImmediate();

  expect(told).toEqual(['item/completed']);
  second.resolve(undefined);
  await setImmediate();
  expect(told).toEqual(['item/completed', 'turn/completed']);
  // It is on the disk, so nothing waits any more.
  tell('thread/realtime/item/completed');
  expect(told).toHaveLength(3);
});

test('what is told while the waiting ones leave comes behind them', async () => {
  const { told, tell, outbox } = bench();
  const disk = Promise.withResolvers<undefined>();
  outbox.recorded(disk.promise);
  tell('item/completed');
  outbox.run(() => {
    told.push('a request');
    tell('warning');
  });
  tell('item/started');
  disk.resolve(undefined);
  await setImmediate();

  expect(told).toEqual(['item/completed', 'a request', 'item/started', 'warning']);
});

test('one that cannot be sent is reported and holds up no other', async () => {
  const { told, errors, tell, outbox } = bench();
  const disk = Promise.withResolvers<undefined>();
  outbox.recorded(disk.promise);
  tell('item/completed');
  outbox.run(() => {
    throw new Error('gone');
  });
  tell('turn/completed');
  disk.resolve(undefined);
  await setImmediate();

  expect(told).toEqual(['item/completed', 'turn/completed']);
  expect(errors).toMatchObject([{ message: 'gone' }]);
});

test('it is full once more waits for the disk than a healthy one lets wait, and not again when that has left', async () => {
  const { tell, outbox } = bench();
  const disk = Promise.withResolvers<undefined>();
  outbox.recorded(disk.promise);
  tell('item/completed');
  for (let told = 0; told < 1023; told += 1) tell('item/agentMessage/delta');
  expect(outbox.isFull).toBe(false);
  tell('item/agentMessage/delta');
  expect(outbox.isFull).toBe(true);

  disk.resolve(undefined);
  await outbox.settled();
  expect(outbox.isFull).toBe(false);
});
