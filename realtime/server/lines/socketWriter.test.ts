import { expect, test } from 'vitest';

import { SocketWriter, type WritableSocket } from './socketWriter.ts';

type Sent = (error?: Error) => void;

/** A socket that keeps what it is given until a test lets it flow off. */
class StalledSocket implements WritableSocket {
  readonly OPEN = 1;
  readyState: WritableSocket['readyState'] = 1;
  bufferedAmount = 0;
  terminated = false;
  readonly frames: string[] = [];
  readonly #callbacks: Sent[] = [];

  readonly send = (frame: unknown, options: unknown, callback?: Sent): void => {
    const sent = typeof options === 'function' ? (options as Sent) : callback;
    this.frames.push(String(frame));
    this.bufferedAmount += String(frame).length;
    if (sent !== undefined) this.#callbacks.push(sent);
  };

  close(): void {
    this.readyState = 2;
  }

  terminate(): void {
    this.terminated = true;
    this.readyState = 3;
  }

  /** Lets one frame go off, leaving so many bytes behind. */
  flow(leftBytes: number): void {
    this.bufferedAmount = leftBytes;
    this.#callbacks.shift()?.();
  }
}

/** Whether a promise is through once everything that can happen now has happened. */
async function settled(promise: Promise<void>): Promise<boolean> {
  const nothing = new Promise<false>((resolve) => {
    setImmediate(() => {
      resolve(false);
    });
  });
  return Promise.race([promise.then(() => true), nothing]);
}

test('sound waits while a megabyte is unsent, and goes on when most of it is gone', async () => {
  const socket = new StalledSocket();
  const writer = new SocketWriter(socket, () => undefined);
  expect(await settled(writer.ready())).toBe(true);
  writer.write('x'.repeat(1024 * 1024));
  writer.write('b');
  const ready = writer.ready();

  expect(await settled(ready)).toBe(false);
  socket.flow(600_000);
  expect(await settled(ready)).toBe(false);
  socket.flow(100_000);
  expect(await settled(ready)).toBe(true);
});

test('whoever waits is let go when the socket is gone', async () => {
  const socket = new StalledSocket();
  const writer = new SocketWriter(socket, () => undefined);
  socket.bufferedAmount = 2_000_000;
  const ready = writer.ready();
  writer.release();

  expect(await settled(ready)).toBe(true);
});

test('a client that never reads is given up, and nothing is written to it any more', () => {
  const socket = new StalledSocket();
  const logged: string[] = [];
  const writer = new SocketWriter(socket, (message) => logged.push(message));
  socket.bufferedAmount = 65 * 1024 * 1024;
  writer.write('a');
  writer.write('b');

  expect(socket).toMatchObject({ terminated: true, frames: [] });
  expect(logged).toEqual(['the client reads nothing; its socket was dropped']);
});
