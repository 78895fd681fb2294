import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import {
  inFence,
  outFence,
  startTestEngine,
  startVoice,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const segments = (items: readonly unknown[]): readonly Fields[] =>
  (items as readonly Fields[]).filter(({ type }) => type === 'transcriptSegment');

const completed = ({ probe }: VoiceBench): readonly Fields[] =>
  segments(probe.all('thread/realtime/item/completed').map(({ item }) => item));

/** What the thread holds, as a client that comes later reads it. */
async function kept({ probe, threadId }: VoiceBench): Promise<readonly Fields[]> {
  const { data } = await probe.call('thread/timeline/list', { threadId });
  return segments(
    (data as readonly Fields[]).flatMap(({ type, item }) => (type === 'realtime' ? [item] : [])),
  );
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice: start } = voiceOver(transport);

  test('a spoken line has the provider’s id, from its first words to what is kept', async () => {
    await using bench = await startTestEngine();
    const voice = await start(bench);
    const { probe, server } = voice;
    const ids = { item_id: 'item_A', response_id: 'r1' };
    server.send(
      { type: 'response.output_text.delta', ...ids, delta: 'Hi' },
      { type: 'response.output_text.done', ...ids, text: 'Hi.' },
    );
    await inFence(voice);

    expect(probe.all('thread/realtime/item/started').at(-1)).toMatchObject({
      item: { id: 'item_A' },
    });
    expect(probe.all('thread/realtime/item/transcript/delta')).toMatchObject([
      { itemId: 'item_A' },
    ]);
    expect(probe.all('thread/realtime/transcript/done')).toMatchObject([{ itemId: 'item_A' }]);
    expect(completed(voice)).toMatchObject([{ id: 'item_A', text: 'Hi.' }]);
    expect(await kept(voice)).toMatchObject([{ id: 'item_A', text: 'Hi.' }]);
  });

  test('a typed line has the id its client gave it, on the wire to the provider as well', async () => {
    await using bench = await startTestEngine();
    const voice = await start(bench);
    const { probe, threadId, server } = voice;
    await probe.call('thread/realtime/appendText', {
      threadId,
      text: 'hello',
      clientItemId: 'typed-1_a',
    });
    await outFence(voice);
    // Providers tell of the item again; it is the same line.
    server.send({
      type: 'conversation.item.added',
      previous_item_id: null,
      item: { id: 'typed-1_a', type: 'message', role: 'user', content: [] },
    });
    await inFence(voice);

    expect(server.of('conversation.item.create')[0]).toMatchObject({
      item: { id: 'typed-1_a', content: [{ text: '[USER] hello' }] },
    });
    expect(completed(voice)).toMatchObject([{ id: 'typed-1_a', text: 'hello', typed: true }]);
    expect(await kept(voice)).toMatchObject([{ id: 'typed-1_a', text: 'hello' }]);
  });

  test('a line without a client id goes out without one, and is kept under a new one', async () => {
    await using bench = await startTestEngine();
    const voice = await start(bench);
    const { probe, threadId, server } = voice;
    await probe.call('thread/realtime/appendText', { threadId, text: 'hello' });
    await outFence(voice);
    await inFence(voice);

    const [created] = server.of('conversation.item.create');
    expect(created?.['item']).not.toHaveProperty('id');
    expect(completed(voice)).toMatchObject([{ id: expect.stringMatching(/./u), text: 'hello' }]);
  });

  test.for<readonly [whose: string, more: Fields, id: RegExp]>([
    ['its client’s id', { clientItemId: 'typed-1' }, /^typed-1$/u],
    ['an id of ours', {}, /^(?!item_theirs)/u],
  ])(
    'a typed line is one item with %s, whatever the provider calls it, on the disk and after a restart',
    async ([, more, id]) => {
      await using bench = await startTestEngine();
      const voice = await start(bench);
      const { probe, threadId, server } = voice;
      await probe.call('thread/realtime/appendText', { threadId, text: 'hello', ...more });
      await server.frame('conversation.item.create');
      const item = {
        id: 'item_theirs',
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: '[USER] hello' }],
      };
      for (const type of ['conversation.item.added', 'conversation.item.created']) {
        server.send({ type, previous_item_id: null, item });
      }
      server.send({ type: 'conversation.item.done', item });
      await inFence(voice);
      const [line] = completed(voice);
      const { thread } = await probe.call('thread/read', { threadId });
      await probe.call('thread/realtime/stop', { threadId });
      await probe.notification('thread/realtime/closed');
      await bench.restart();
      const later = { ...voice, probe: await bench.client() };
      await later.probe.call('thread/resume', { threadId });
      const records = (await readFile(String((thread as Fields)['path']), 'utf8')).split('\n');

      expect(line).toMatchObject({ id: expect.stringMatching(id), text: 'hello' });
      expect(completed(voice)).toEqual([line]);
      expect(
        segments(probe.all('thread/realtime/item/started').map((told) => told['item'])),
      ).toEqual([{ ...line, text: '', typed: undefined }]);
      expect(await kept(later)).toEqual([line]);
      expect(records.filter((record) => record.includes('transcriptSegment'))).toHaveLength(1);
    },
  );

  test('the same line sent again is sent, told and kept once, and asks for nothing more', async () => {
    await using bench = await startTestEngine();
    const voice = await start(bench);
    const { probe, threadId, server } = voice;
    const line = { threadId, text: 'once', clientItemId: 'again', respond: true };
    await probe.call('thread/realtime/appendText', line);
    await probe.call('thread/realtime/appendText', line);
    await probe.call('thread/realtime/appendText', { ...line, role: 'developer' });
    await server.frame('response.create');
    await outFence(voice);
    await inFence(voice);

    const again = server
      .of('conversation.item.create')
      .filter(({ item }) => (item as Fields)['id'] === 'again');
    expect(again).toHaveLength(1);
    expect(server.of('response.create')).toHaveLength(1);
    expect(completed(voice)).toHaveLength(1);
    expect(await kept(voice)).toHaveLength(1);
  });

  test.each(['', 'a b', 'ä', 'x'.repeat(33)])('the id %j is refused by name', async (id) => {
    await using bench = await startTestEngine();
    const voice = await start(bench);
    const { probe, threadId, server } = voice;

    const { error } = await probe.ask('thread/realtime/appendText', {
      threadId,
      text: 'x',
      clientItemId: id,
    });

    expect(error?.message).toContain('clientItemId');
    expect(server.of('conversation.item.create')).toEqual([]);
  });
});

test('a line that comes too late, when nothing runs, is told and kept by nobody', async () => {
  await using bench = await startTestEngine();
  const voice = await startVoice(bench);
  const { probe, threadId } = voice;
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  await probe.call('thread/realtime/appendText', { threadId, text: 'late', clientItemId: 'late' });
  await probe.notification('error');

  expect(completed(voice)).toEqual([]);
  expect(await kept(voice)).toEqual([]);
});

test('a line that was sent before a new session begins is not taken again in that one', async () => {
  await using bench = await startTestEngine();
  const first = await startVoice(bench);
  const { probe, threadId } = first;
  const line = { threadId, text: 'hello', clientItemId: 'mine' };
  await probe.call('thread/realtime/appendText', line);
  await outFence(first);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
  const server = await bench.realtime.session(2);
  await server.frame('session.update');
  const second = { ...first, server };
  await probe.notification('thread/realtime/started', 2);
  await probe.call('thread/realtime/appendText', line);
  await outFence(second);

  expect(await kept(first)).toHaveLength(1);
  const ids = server.of('conversation.item.create').map(({ item }) => (item as Fields)['id']);
  expect(ids).not.toContain('mine');
});
