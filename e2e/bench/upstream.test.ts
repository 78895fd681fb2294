import { once } from 'node:events';

import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { textFrame, Upstream } from './upstream.ts';

test('frames of every length of header reach a client as they were written', async () => {
  await using upstream = await Upstream.start();
  const link = upstream.linkOf('somebody');
  const client = new WebSocket(`${upstream.baseUrl('somebody').replace('http', 'ws')}/realtime`);
  await once(client, 'open');
  const texts = [0, 125, 126, 65_535, 65_536].map(
    (size) => 'é'.repeat(size / 2) + 'x'.repeat(size % 2),
  );
  const received: string[] = [];
  const all = Promise.withResolvers<void>();
  client.on('message', (data: Buffer) => {
    received.push(data.toString());
    if (received.length === texts.length) all.resolve();
  });
  link.write(Buffer.concat(texts.map((text) => textFrame(text))));
  await all.promise;

  expect(received).toEqual(texts);
});

test('sound and other frames are told apart, and a session is confirmed', async () => {
  await using upstream = await Upstream.start();
  const link = upstream.linkOf('somebody');
  const client = new WebSocket(`${upstream.baseUrl('somebody').replace('http', 'ws')}/realtime`);
  await once(client, 'open');
  const sound = link.audio.next('sound', () => true);
  const update = link.events.next('session.update', () => true);
  const confirmed = once(client, 'message');
  client.send('{"type":"input_audio_buffer.append","audio":"AAAA"}');
  client.send('{"type":"session.update","session":{}}');

  expect((await sound).value).toContain('AAAA');
  expect((await update).value.type).toBe('session.update');
  expect(String((await confirmed)[0])).toContain('session.updated');
});

test('whoever is not in the field is turned away', async () => {
  await using upstream = await Upstream.start();
  const client = new WebSocket(`${upstream.baseUrl('stranger').replace('http', 'ws')}/realtime`);
  const [error] = (await once(client, 'error')) as [Error];

  expect(error.message).toMatch(/hang up|reset/);
});
