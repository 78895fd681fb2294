import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  type TestEngineOptions,
} from '../../testing/index.ts';

async function start(options: TestEngineOptions = {}): Promise<TestEngine> {
  return startTestEngine({ ...options, scripts: [[{ events: messageAnswer('Hello') }]] });
}

/** A conversation of one turn, and where it is kept. */
async function converse(probe: RpcProbe): Promise<{ threadId: string; path: string }> {
  const threadId = await probe.thread();
  const done = probe.all('turn/completed').length;
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed', done + 1);
  const { thread } = await probe.call('thread/read', { threadId });
  return { threadId, path: String((thread as { path: unknown }).path) };
}

async function listed(probe: RpcProbe): Promise<readonly string[]> {
  const { data } = await probe.call('thread/list', {});
  return (data as readonly { id: string }[]).map(({ id }) => id);
}

describe('one odd file among the conversations', () => {
  const odd: readonly (readonly [string, (whole: string) => string | Buffer])[] = [
    ['with a fraction in its time', (whole) => whole.replace(/"createdAtMs":\d+/u, '$&.5')],
    ['with a time beyond all calendars', (whole) => whole.replace(/"createdAtMs":\d+/u, '$&e99')],
    ['whose turn has times with fractions', (whole) => whole.replace(/"startedAt":\d+/gu, '$&.25')],
    ['whose turn is no turn', (whole) => whole.replaceAll('"turn":{', '"turn":[],"was":{')],
    ['with ten thousand brackets', (whole) => `${whole}${'['.repeat(10_000)}\n`],
    ['with a torn end', (whole) => whole.slice(0, -9)],
    ['with lines that are no JSON', (whole) => whole.replaceAll('\n', '\nnothing\n')],
    [
      'with bytes that are no text',
      (whole) => Buffer.concat([Buffer.from(whole), Buffer.of(0xff, 0x0a)]),
    ],
    ['of nothing but its first line', (whole) => `${whole.split('\n', 1)[0] ?? ''}\n`],
    ['that is empty', () => ''],
    ['without the line that says whose it is', (whole) => whole.slice(whole.indexOf('\n') + 1)],
  ];

  test.each(odd)('%s is one odd row, and the others are listed and go on', async (_what, harm) => {
    await using bench = await start();
    const first = await bench.client();
    const good = await converse(first);
    const bad = await converse(first);
    await bench.restart();
    writeFileSync(bad.path, harm(readFileSync(bad.path, 'utf8')));

    const probe = await bench.client();
    expect(await listed(probe)).toContain(good.threadId);
    const { thread } = await probe.call('thread/resume', { threadId: good.threadId });
    expect(thread).toMatchObject({ turns: [{ status: 'completed' }] });
    const { error } = await probe.ask('thread/resume', { threadId: bad.threadId });
    expect(error?.message ?? 'resumed').toMatch(/^resumed$|^no rollout found/u);
    const { error: unread } = await probe.ask('thread/read', { threadId: bad.threadId });
    expect(unread?.message ?? 'read').toMatch(/^read$|not found|not loaded|no rollout/u);
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read is no row', async () => {
    await using bench = await start();
    const first = await bench.client();
    const good = await converse(first);
    const bad = await converse(first);
    await bench.restart();
    chmodSync(bad.path, 0);
    rmSync(join(bench.home, 'threads.sqlite'));

    expect(await listed(await bench.client())).toEqual([good.threadId]);
  });
});

describe('a conversation that cannot be saved', () => {
  test('says so to its clients at once and goes on, and says when it is saved again', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const stranger = await bench.client();
    writeFileSync(join(bench.home, 'sessions'), 'no folder');
    const { threadId } = await converse(probe);
    const { message } = await probe.notification('warning');
    expect(message).toMatch(/^This conversation cannot be saved \(E.*\); it goes on/u);
    await probe.turn(threadId, 'More');
    await probe.notification('turn/completed', 2);
    expect(probe.all('warning')).toHaveLength(1);

    rmSync(join(bench.home, 'sessions'));
    await probe.turn(threadId, 'Now');
    await probe.notification('turn/completed', 3);
    expect(await probe.notification('warning', 2)).toEqual({
      threadId,
      message: 'This conversation is saved again.',
    });
    expect(stranger.all('warning')).toEqual([]);

    await bench.restart();
    const { thread } = await (await bench.client()).call('thread/resume', { threadId });
    expect((thread as { turns: unknown[] }).turns).toHaveLength(3);
  });

  test('says so to a client that comes later, too', async () => {
    await using bench = await start();
    writeFileSync(join(bench.home, 'sessions'), 'no folder');
    const { threadId } = await converse(await bench.client());
    const later = await bench.client();
    await later.call('thread/resume', { threadId });

    const { message } = await later.notification('warning');
    expect(message).toMatch(/^This conversation cannot be saved/u);
  });

  test('stays in memory when nobody listens, until the disk takes it', async () => {
    const clock = new ManualClock();
    await using bench = await start({ clock, config: 'thread_unload_delay_secs = 60' });
    const owner = await bench.client();
    const watcher = await bench.client();
    writeFileSync(join(bench.home, 'sessions'), 'no folder');
    const { threadId } = await converse(owner);
    owner.close();
    await owner.closed;
    const loaded = async (): Promise<unknown> =>
      (await watcher.call('thread/loaded/list', {}))['data'];

    clock.advance(60_000);
    expect(await loaded()).toEqual([threadId]);
    rmSync(join(bench.home, 'sessions'));
    clock.advance(60_000);
    expect(await listed(watcher), 'the list waits for what is being saved').toEqual([threadId]);
    clock.advance(60_000);
    expect(await loaded()).toEqual([]);
    const { thread } = await watcher.call('thread/resume', { threadId });
    expect(thread).toMatchObject({ turns: [{ status: 'completed' }] });
    expect(watcher.all('warning')).toEqual([]);
  });

  test('because its file was deleted is whole again with the next words', async () => {
    await using bench = await start();
    const probe = await bench.client();
    const { threadId, path } = await converse(probe);
    mkdirSync(join(bench.home, 'away'));
    renameSync(dirname(path), join(bench.home, 'away', 'day'));
    await probe.turn(threadId, 'More');
    await probe.notification('turn/completed', 2);

    await bench.restart();
    const { thread } = await (await bench.client()).call('thread/resume', { threadId });
    expect((thread as { turns: unknown[] }).turns).toHaveLength(2);
  });
});

test('two photos of 7 MB are kept beside the conversation, shown and told to the model after a restart', async () => {
  await using bench = await start();
  const first = await bench.client();
  const threadId = await first.thread();
  const photos = [1, 2].map(
    () => `data:image/jpeg;base64,${randomBytes(7_000_000).toString('base64')}`,
  );
  await first.call('turn/start', {
    threadId,
    input: photos.map((url) => ({ type: 'image' as const, url })),
  });
  await first.notification('turn/completed');
  const { thread: before } = await first.call('thread/read', { threadId, includeTurns: true });
  await bench.restart();

  const { path } = before as { path: string };
  expect(statSync(path).size).toBeLessThan(20_000);
  const probe = await bench.client();
  const { thread: read } = await probe.call('thread/read', { threadId, includeTurns: true });
  expect(JSON.stringify(read)).toContain(photos[0]);
  const { thread } = await probe.call('thread/resume', { threadId });
  expect((thread as { turns: unknown }).turns).toEqual((before as { turns: unknown }).turns);
  await probe.turn(threadId, 'And now?');
  await probe.notification('turn/completed');
  const { body } = await bench.upstream.request(2);
  const sent = JSON.stringify(body);
  expect(photos.map((url) => sent.includes(url))).toEqual([true, true]);
  expect(first.all('warning')).toEqual([]);
});
