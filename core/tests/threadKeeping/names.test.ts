import { readFile } from 'node:fs/promises';

import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

async function start(): Promise<TestEngine> {
  return startTestEngine({ scripts: [[{ events: messageAnswer('Hello.') }]] });
}

async function nameOf(probe: RpcProbe, threadId: string): Promise<unknown> {
  const { thread } = await probe.call('thread/read', { threadId });
  return (thread as { name: unknown }).name;
}

async function say(probe: RpcProbe, threadId: string, words: string): Promise<void> {
  const done = probe.all('turn/completed').length;
  await probe.turn(threadId, words);
  await probe.notification('turn/completed', done + 1);
}

describe('the name that a thread is given', () => {
  test('is told to every client behind the answer, trimmed, and is on the disk by then', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const other = await bench.client();
    const threadId = await probe.thread();
    await say(probe, threadId, 'Explain the tides');
    const { thread } = await probe.call('thread/read', { threadId });
    const { mark } = probe;

    expect(await probe.call('thread/name/set', { threadId, name: '  Sea \n' })).toEqual({});
    expect(await readFile(String((thread as { path: unknown }).path), 'utf8')).toContain('"Sea"');
    await probe.notification('thread/name/updated', 2);
    expect(probe.order.slice(mark)).toEqual(['answer', 'thread/name/updated']);
    expect(await other.notification('thread/name/updated', 2)).toEqual({
      threadId,
      threadName: 'Sea',
    });
    expect(await nameOf(probe, threadId)).toBe('Sea');
    const { error } = await probe.ask('thread/name/set', { threadId, name: ' \t' });
    expect(error?.message).toBe('thread name must not be empty');
  });

  test('is kept also where the thread is not in memory, or has not been used yet', async () => {
    await using bench = await start();
    const first = await bench.client();
    const used = await first.thread();
    await say(first, used, 'Explain the tides');
    const fresh = await first.thread();
    await first.call('thread/name/set', { threadId: fresh, name: 'Before' });
    await say(first, fresh, 'Explain the moon');
    await bench.restart();
    const probe = await bench.client();

    await probe.call('thread/name/set', { threadId: used, name: 'Sea' });
    expect(await probe.notification('thread/name/updated')).toMatchObject({ threadName: 'Sea' });
    expect([await nameOf(probe, used), await nameOf(probe, fresh)]).toEqual(['Sea', 'Before']);
    const { data } = await probe.call('thread/list', { searchTerm: 'sea' });
    expect(data).toMatchObject([{ id: used, name: 'Sea' }]);
  });

  test('holds while the thread is being taken up, put away and taken back', async () => {
    await using bench = await start();
    const first = await bench.client();
    const threadId = await first.thread();
    await say(first, threadId, 'Explain the tides');
    await bench.restart();
    const probe = await bench.client();
    const at = { threadId };
    await Promise.all([
      probe.call('thread/resume', at),
      probe.call('thread/name/set', { threadId, name: 'Sea' }),
    ]);
    expect(await nameOf(probe, threadId)).toBe('Sea');

    const answers = await Promise.all([
      probe.ask('thread/archive', at),
      probe.ask('thread/name/set', { threadId, name: 'Late' }),
      probe.ask('thread/unarchive', at),
    ]);
    expect(answers.map(({ error }) => error?.message)).toEqual([
      undefined,
      expect.stringContaining('is archived'),
      undefined,
    ]);
    expect(await nameOf(probe, threadId)).toBe('Sea');
  });

  test('is refused for what is kept nowhere', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await probe.thread({ ephemeral: true });

    const { error } = await probe.ask('thread/name/set', { threadId, name: 'Sea' });
    expect(error?.message).toBe(`ephemeral thread does not support metadata updates: ${threadId}`);
  });
});

describe('the name that a thread makes of its first exchange', () => {
  test('comes without the words people begin with, once, and not in place of a given one', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await probe.thread();
    await say(probe, threadId, 'Hi');
    expect(await nameOf(probe, threadId)).toBeNull();
    await say(probe, threadId, 'Um, could you please explain the tides?');

    expect(await probe.notification('thread/name/updated')).toEqual({
      threadId,
      threadName: 'Explain the tides',
    });
    await say(probe, threadId, 'Now tell me about the moon');
    expect(probe.all('thread/name/updated')).toHaveLength(1);

    const given = await probe.thread();
    await probe.call('thread/name/set', { threadId: given, name: 'Mine' });
    await say(probe, given, 'Explain the tides');
    expect(await nameOf(probe, given)).toBe('Mine');
    expect(bench.upstream.requests, 'nobody was asked for a name').toHaveLength(4);
  });

  test('stays when the thread is taken up again', async () => {
    await using bench = await start();
    const first = await bench.client();
    const threadId = await first.thread();
    await say(first, threadId, 'Explain the tides');
    await bench.restart();
    const probe = await bench.client();
    const { thread } = await probe.call('thread/resume', { threadId });

    expect(thread).toMatchObject({ name: 'Explain the tides' });
    await say(probe, threadId, 'And the moon over the sea');
    expect(probe.all('thread/name/updated')).toEqual([]);
  });

  test('is none for a thread that is kept nowhere', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const threadId = await probe.thread({ ephemeral: true });
    await say(probe, threadId, 'Explain the tides');
    await say(probe, threadId, 'And the moon');

    expect(probe.all('thread/name/updated')).toEqual([]);
  });
});
