import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { startTestEngine, talk } from '../../testing/index.ts';

const HALF_HOUR_MS = 30 * 60 * 1000;

test('a thread that its client has unsubscribed from is unloaded after its delay', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ config: 'thread_unload_delay_secs = 60', clock });
  const probe = await bench.client();
  const threadId = await probe.thread();
  clock.advance(59_999);
  expect(await probe.call('thread/unsubscribe', { threadId })).toEqual({ status: 'unsubscribed' });
  expect(await probe.call('thread/unsubscribe', { threadId })).toEqual({ status: 'notSubscribed' });
  clock.advance(59_999);
  expect(await probe.call('thread/loaded/list', {})).toMatchObject({ data: [threadId] });
  const mark = probe.mark;
  clock.advance(1);
  await probe.notification('thread/closed');

  expect(probe.messages.slice(mark).map(({ method, params }) => [method, params])).toEqual([
    ['thread/status/changed', { threadId, status: { type: 'notLoaded' } }],
    ['thread/closed', { threadId }],
  ]);
  expect(await probe.call('thread/unsubscribe', { threadId })).toEqual({ status: 'notLoaded' });
});

test('a thread nobody listens to is unloaded after its delay and can be resumed', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    scripts: [[{ events: messageAnswer('Hello') }]],
    config: 'thread_unload_delay_secs = 60',
    clock,
  });
  const owner = await bench.client();
  const watcher = await bench.client();
  const threadId = await owner.thread();
  await owner.turn(threadId, 'Hi');
  await owner.notification('turn/completed');
  owner.close();
  await owner.closed;

  clock.advance(59_999);
  expect(await watcher.call('thread/loaded/list', {})).toMatchObject({ data: [threadId] });
  clock.advance(1);
  expect(await watcher.notification('thread/closed')).toEqual({ threadId });
  expect(watcher.all('thread/status/changed').at(-1)).toEqual({
    threadId,
    status: { type: 'notLoaded' },
  });
  expect(await watcher.call('thread/loaded/list', {})).toMatchObject({ data: [] });

  expect(await watcher.call('thread/resume', { threadId })).toMatchObject({
    thread: { status: { type: 'idle' }, turns: [{ status: 'completed' }] },
  });
});

test('a thread that is listened to stays, however long nothing happens', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const probe = await bench.client();
  const threadId = await probe.thread();
  for (let n = 0; n < 3; n += 1) clock.advance(HALF_HOUR_MS);

  expect(await probe.call('thread/loaded/list', {})).toMatchObject({ data: [threadId] });
});

test('a deserted thread stays while its turn runs or its voice is on, and goes afterwards', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    scripts: [[{ stall: true }]],
    config: 'thread_unload_delay_secs = 5',
    clock,
  });
  const watcher = await bench.client();
  const owner = await bench.client();
  const [working, talking] = [await owner.thread(), await owner.thread()];
  await owner.turn(working, 'Hi');
  await bench.upstream.request(1);
  const server = await talk(bench, owner, talking);
  owner.close();
  await owner.closed;

  clock.advance(5_000);
  const { data } = await watcher.call('thread/loaded/list', {});
  expect(data).toEqual([working, talking]);

  await watcher.call('thread/realtime/stop', { threadId: talking });
  await server.closed;
  clock.advance(5_000);
  expect(await watcher.notification('thread/closed')).toEqual({ threadId: talking });

  await watcher.call('turn/interrupt', { threadId: working, turnId: '' });
  await watcher.notification('thread/status/changed', 1, ({ threadId, status }) => {
    const { type } = status as { readonly type: string };
    return threadId === working && type === 'idle';
  });
  clock.advance(5_000);
  expect(await watcher.notification('thread/closed', 2)).toEqual({ threadId: working });
});
