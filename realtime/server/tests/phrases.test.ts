import { expect, test } from 'vitest';

import { concatPcm, silence } from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import { alwaysHears, startTestServer, WireClient, type WireEvent } from '../testing/index.ts';

const turn = concatPcm([silence(400), tone(500, 800), silence(800)]);
const NEWS = 'parley.phrases.updated';

/** What the server tells next of what can be said, after this was sent. */
async function newsAfter(client: WireClient, send: () => void): Promise<WireEvent> {
  const from = client.events.length;
  send();
  return client.next(NEWS, from);
}

const wanted = { type: 'realtime', include: ['parley.phrases'] };
const message = (text: string): Readonly<Record<string, unknown>> => ({
  type: 'conversation.item.create',
  item: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
});

test('who does not ask what can be said is not told', async () => {
  await using server = await startTestServer({ transcriber: alwaysHears('hello') });
  const client = await WireClient.connect(server.url);
  client.append(turn);
  await client.next('response.done');

  expect(client.events.map(({ type }) => type)).not.toContain(NEWS);
  client.close();
});

test('who asks is told at once, and again when it changes: with a question and with its end', async () => {
  await using server = await startTestServer();
  const client = await WireClient.connect(server.url);
  const first = await newsAfter(client, () => {
    client.send({ type: 'session.update', session: wanted });
  });
  const asked = await newsAfter(client, () => {
    client.send(message('[HELPER] ASK Which colour? Teal/Coral'));
  });
  const over = await newsAfter(client, () => {
    client.send(message('[HELPER] DONE'));
  });
  const before = client.events.length;
  client.send(message('hello'));
  client.send({ type: 'session.update', session: wanted });
  await client.next('session.updated', before);

  expect(first).toMatchObject({
    language: 'en',
    phrases: expect.arrayContaining(['Ask the agent to list the files']) as string[],
  });
  expect(asked).toMatchObject({ phrases: ['Teal', 'Coral'] });
  expect(over['phrases']).toEqual(first['phrases']);
  expect(client.events.filter(({ type }) => type === NEWS)).toHaveLength(3);
  client.close();
});

test('the language of the session is that of the phrases, until another one is asked for aloud', async () => {
  await using server = await startTestServer({ transcriber: alwaysHears('speak english') });
  const client = await WireClient.connect(server.url);
  const audio = { input: { transcription: { model: 'x', language: 'fr-FR' } } };
  const french = await newsAfter(client, () => {
    client.send({ type: 'session.update', session: { ...wanted, audio } });
  });
  const english = await newsAfter(client, () => {
    client.append(turn);
  });

  expect(french).toMatchObject({ language: 'fr' });
  expect(english).toMatchObject({ language: 'en' });
  client.close();
});
