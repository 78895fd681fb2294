import { expect, test } from 'vitest';

import { Outbox } from './outbox.ts';

const LIMIT = 65_536;
const nothing = (): void => undefined;

/** A channel that keeps what it is given until it is drained. */
class SlowChannel {
  readonly held: string[] = [];
  readonly all: string[] = [];
  isFull = false;

  send(text: string): void {
    this.held.push(text);
    this.all.push(text);
  }

  drain(outbox: Outbox): void {
    this.held.length = 0;
    outbox.drained();
  }
}

test('messages wait for the channel and then go out in order', () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  outbox.send('one', LIMIT, nothing);
  outbox.send('two', LIMIT, nothing);
  expect(outbox.queuedBytes).toBe(6);

  outbox.open(channel);
  outbox.send('three', LIMIT, nothing);

  expect(channel.all).toEqual(['one', 'two', 'three']);
});

test('the channel never holds more than 32 messages or much more than 8 KiB', () => {
  const outbox = new Outbox();
  const small = new SlowChannel();
  outbox.open(small);
  for (let index = 0; index < 5_000; index += 1) outbox.send(`m${index}`, LIMIT, nothing);
  while (small.all.length < 5_000) {
    expect(small.held.length).toBeLessThanOrEqual(32);
    small.drain(outbox);
  }
  small.drain(outbox);
  expect(small.all).toEqual(Array.from({ length: 5_000 }, (_, index) => `m${index}`));
  expect(outbox.queuedBytes).toBe(0);

  const large = new Outbox();
  const channel = new SlowChannel();
  large.open(channel);
  for (let index = 0; index < 10; index += 1) large.send('x'.repeat(5_000), LIMIT, nothing);
  expect(channel.held).toHaveLength(2);
});

test('while the network is full everything waits', () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  channel.isFull = true;
  outbox.open(channel);
  outbox.send('one', LIMIT, nothing);
  expect(channel.all).toEqual([]);

  channel.isFull = false;
  outbox.resume();
  expect(channel.all).toEqual(['one']);
});

test('what was sent is told after the network has been given it, and only then', () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  const told: string[] = [];
  outbox.open(channel);
  outbox.send('one', LIMIT, () => told.push('one'));
  expect(told).toEqual([]);

  channel.drain(outbox);
  expect(told).toEqual(['one']);
});

test('sizes are counted in bytes of UTF-8, and a message over the limit is refused', () => {
  const outbox = new Outbox();

  expect(outbox.send('é'.repeat(10), 19, nothing)).toBe('tooLarge');
  expect(outbox.send('é'.repeat(10), 20, nothing)).toBe('taken');
  expect(outbox.queuedBytes).toBe(20);
});

test('the queue is bounded, and takes messages again once it has shrunk', () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  const mebibyte = 'x'.repeat(1024 * 1024);
  for (let index = 0; index < 8; index += 1) {
    expect(outbox.send(mebibyte, Infinity, nothing)).toBe('taken');
  }
  expect(outbox.send('one more', LIMIT, nothing)).toBe('queueFull');

  outbox.open(channel);
  channel.drain(outbox);
  expect(outbox.send('one more', LIMIT, nothing)).toBe('taken');
});

test('after its end it takes nothing, holds nothing and tells nothing', async () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  const told: string[] = [];
  outbox.open(channel);
  outbox.send('one', LIMIT, () => told.push('one'));
  const idle = outbox.idle();
  outbox.close();
  outbox.close();
  channel.drain(outbox);
  await idle;

  expect(told).toEqual([]);
  expect(outbox.queuedBytes).toBe(0);
  expect(outbox.send('two', LIMIT, nothing)).toBe('closed');
});

test('it is idle once everything has been given to the network', async () => {
  const outbox = new Outbox();
  const channel = new SlowChannel();
  outbox.open(channel);
  await outbox.idle();
  outbox.send('one', LIMIT, nothing);
  let isIdle = false;
  const idle = outbox.idle().then(() => {
    isIdle = true;
    return isIdle;
  });
  await Promise.resolve();
  expect(isIdle).toBe(false);

  channel.drain(outbox);
  expect(await idle).toBe(true);
});
