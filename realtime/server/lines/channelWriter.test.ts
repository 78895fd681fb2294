import { expect, test } from 'vitest';

import { ChannelWriter, type WritableChannel } from './channelWriter.ts';
import { countingIds } from '../testing/index.ts';

/** A channel that keeps what it is given until a test lets it flow off. */
class StalledChannel implements WritableChannel {
  readonly maxEventBytes = 1000;
  queuedBytes = 0;
  full = false;
  readonly frames: string[] = [];
  readonly #callbacks: (() => void)[] = [];

  sendEvent(text: string, onSent?: () => void): ReturnType<WritableChannel['sendEvent']> {
    if (text.length > this.maxEventBytes) return 'tooLarge';
    if (this.full) return 'queueFull';
    this.frames.push(text);
    if (onSent !== undefined) this.#callbacks.push(onSent);
    return 'taken';
  }

  /** Lets one frame go off, leaving so many bytes behind. */
  flow(leftBytes: number): void {
    this.queuedBytes = leftBytes;
    this.#callbacks.shift()?.();
  }
}

type Rig = { channel: StalledChannel; writer: ChannelWriter; stalls: number[]; logged: string[] };

function rig(): Rig {
  const channel = new StalledChannel();
  const stalls: number[] = [];
  const logged: string[] = [];
  const writer = new ChannelWriter(channel, {
    newId: countingIds(),
    log: (message) => logged.push(message),
    onStalled: () => stalls.push(1),
  });
  return { channel, writer, stalls, logged };
}

async function settled(promise: Promise<void>): Promise<boolean> {
  const nothing = new Promise<false>((resolve) => {
    setImmediate(() => {
      resolve(false);
    });
  });
  return Promise.race([promise.then(() => true), nothing]);
}

test('nobody waits for a channel that has not opened', async () => {
  const { channel, writer } = rig();
  channel.queuedBytes = 1_000_000;

  expect(await settled(writer.ready())).toBe(true);
});

test('an open channel that is behind is waited for until most has gone, or until it closes', async () => {
  const { channel, writer } = rig();
  writer.opened();
  writer.write('a');
  writer.write('b');
  channel.queuedBytes = 300_000;
  const ready = writer.ready();
  channel.flow(100_000);
  expect(await settled(ready)).toBe(false);
  channel.flow(10_000);
  expect(await settled(ready)).toBe(true);

  channel.queuedBytes = 300_000;
  const second = writer.ready();
  writer.close();
  expect(await settled(second)).toBe(true);
});

test('an event that no message can hold is named instead', () => {
  const { channel, writer } = rig();
  writer.write(JSON.stringify({ type: 'conversation.item.retrieved', item: 'x'.repeat(2000) }));

  expect(channel.frames.map((frame): unknown => JSON.parse(frame))).toMatchObject([
    {
      type: 'error',
      error: {
        code: 'event_too_large',
        message: expect.stringContaining("'conversation.item.retrieved'"),
      },
    },
  ]);
});

test.for([
  { name: 'an open channel that takes nothing is given up, once', open: true, stalls: 1 },
  { name: 'one that never opened is merely not written to', open: false, stalls: 0 },
])('$name', ({ open, stalls: expected }) => {
  const { channel, writer, stalls, logged } = rig();
  if (open) writer.opened();
  channel.full = true;
  writer.write('a');
  writer.write('b');

  expect(stalls).toHaveLength(expected);
  expect(logged).toHaveLength(1);
});
