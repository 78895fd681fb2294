import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import { loose, startTestEngine, TRANSPORTS, typedTurn, voiceOver } from '../../testing/index.ts';

const hello = [[{ events: messageAnswer('Hello') }]];

// A call mends its own link, so that what ends a socket of its own does not end it: see calls.test.ts.
const overSocket = voiceOver('websocket');

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice, talk } = voiceOver(transport);

  test('a hanging upgrade holds up neither turns nor stop, and ends after ten seconds', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ scripts: hello, clock });
    const probe = await bench.client();
    const threadId = await probe.thread();
    bench.realtime.stallNext();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade();
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    bench.realtime.stallNext();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade(2);
    clock.advance(10_000);
    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: true });
  });

  test('a stop is told at once though the link is stalled, and the link is cut a second later', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ scripts: hello, clock });
    const { probe, threadId, server } = await startVoice(bench);
    server.stall();
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    expect(await typedTurn(bench, probe, threadId)).toBe('completed');
    clock.advance(1_000);
    server.resume();

    expect((await server.closed).code).toBe(1000);
    expect(probe.all('thread/realtime/closed')).toHaveLength(1);
  });

  test('a new start opens first and swaps then, a failed one costs nothing, not even what was said', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    bench.realtime.refuseNext(500, 'no');
    probe.send({
      id: 'failing',
      method: 'thread/realtime/start',
      params: { threadId, outputModality: 'audio' },
    });
    await probe.call('thread/realtime/appendText', { threadId, text: 'meanwhile' });
    expect(await probe.notification('thread/realtime/error')).toMatchObject({ fatal: false });
    await server.frame('conversation.item.create');
    expect(JSON.stringify(server.frames.at(-1))).toContain('[USER] meanwhile');

    await talk(bench, probe, threadId);
    expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed', 2);
    expect(loose(probe)).toEqual([]);
  });

  test('a stop says goodbye with code 1000', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/stop', { threadId });

    expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
  });
});

test('a drop keeps code and reason, a refusal status and text, and a session can go on', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const first = await overSocket.startVoice(bench);
  first.server.close(4008, 'too many');
  expect(await first.probe.notification('thread/realtime/closed')).toMatchObject({
    closeCode: 4008,
    detail: 'too many',
  });
  bench.realtime.refuseNext(429, 'slow down');
  await first.probe.call('thread/realtime/start', {
    threadId: first.threadId,
    outputModality: 'audio',
  });
  expect(await first.probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/429.*slow down/u),
  });

  const second = await overSocket.startVoice(bench, { outputModality: 'audio', reconnect: true });
  second.server.cut();
  await second.probe.notification(
    'thread/realtime/stage',
    1,
    ({ stage }) => stage === 'reconnecting',
  );
  clock.advance(150);
  await (await bench.realtime.session(3)).frame('session.update');
});

test('a link that has silently gone is noticed by its missing pongs', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const { probe, server } = await overSocket.startVoice(bench);
  server.stall();
  for (let n = 0; n < 3; n += 1) clock.advance(20_000);

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    detail: 'no sign of life for 40 s',
  });
});
