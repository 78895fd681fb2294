import { PassThrough } from 'node:stream';

import { expect, test } from 'vitest';

import { createLineTransport } from './lineTransport.ts';

type Line = { readonly received: unknown[]; readonly unreadable: string[] };

/** A transport over two streams; resolves once everything written to `input` so far has been read. */
function lineOver(input: PassThrough, output = new PassThrough()): Line {
  const received: unknown[] = [];
  const unreadable: string[] = [];
  const transport = createLineTransport({
    input,
    output,
    onUnreadable: (line) => unreadable.push(line),
  });
  transport.onMessage = (message) => received.push(message);
  return { received, unreadable };
}

const readAll = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

test('an input that was paused by whoever read the first line flows again', async () => {
  const input = new PassThrough();
  input.pause();
  const { received } = lineOver(input);

  input.write('{"id":1,"method":"thread/list"}\n');
  await readAll();

  expect(received).toEqual([{ id: 1, method: 'thread/list' }]);
});

test('a message that comes in pieces, in the middle of a character too, is put together', async () => {
  const input = new PassThrough();
  const { received } = lineOver(input);
  const bytes = Buffer.from('{"text":"grüß"}\n{"n":2}\n');

  for (const byte of bytes) input.write(Buffer.of(byte));
  await readAll();

  expect(received).toEqual([{ text: 'grüß' }, { n: 2 }]);
});

test('lines that are not JSON are dropped and the next one is read', async () => {
  const input = new PassThrough();
  const { received, unreadable } = lineOver(input);

  input.write('{"half":\n\n   \nnot json\r\n{"ok":true}\r\n');
  await readAll();

  expect(unreadable.map((line) => line.trim())).toEqual(['{"half":', 'not json']);
  expect(received).toEqual([{ ok: true }]);
});

test('messages of one tick leave in one write, in order', async () => {
  const output = new PassThrough();
  const writes: string[] = [];
  output.on('data', (chunk: Buffer) => writes.push(chunk.toString('utf8')));
  const transport = createLineTransport({
    input: new PassThrough(),
    output,
    onUnreadable: () => undefined,
  });

  transport.send({ id: 1, result: {} });
  transport.send({ method: 'thread/started' });
  await readAll();

  expect(writes).toEqual(['{"id":1,"result":{}}\n{"method":"thread/started"}\n']);
});

test('the end of the input closes once, and nothing is written afterwards', async () => {
  const input = new PassThrough();
  const output = new PassThrough();
  const transport = createLineTransport({ input, output, onUnreadable: () => undefined });
  let closes = 0;
  transport.onClose = () => {
    closes += 1;
  };

  input.end();
  await readAll();
  transport.close();
  transport.send({ id: 1, result: {} });
  await readAll();

  expect(closes).toBe(1);
  expect(output.read()).toBeNull();
});
