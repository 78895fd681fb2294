import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  ANSWER_SDP,
  functionCall,
  inFence,
  OFFER_SDP,
  outFence,
  partsOf,
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const { startVoice, talk } = voiceOver('webrtc');

const webrtc = { type: 'webrtc', sdp: OFFER_SDP } as const;

/** A thread that has asked for a call, which nobody has answered yet. */
async function asking(
  bench: TestEngine,
  params: Fields = {},
): Promise<{ readonly probe: RpcProbe; readonly threadId: string }> {
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('thread/realtime/start', {
    threadId,
    outputModality: 'audio',
    prompt: 'P',
    transport: webrtc,
    ...params,
  });
  return { probe, threadId };
}

const sessionOf = (frame: Fields | undefined): Fields => (frame?.['session'] ?? {}) as Fields;

/** Resolves when the next try waits for its time, and lets that time pass. */
async function passing(
  clock: ManualClock,
  probe: RpcProbe,
  { attempt, delayMs }: { readonly attempt: number; readonly delayMs: number },
): Promise<void> {
  await probe.notification('thread/realtime/stage', 1, (stage) => stage['attempt'] === attempt);
  clock.advance(delayMs);
}

const mending = async ({ probe }: VoiceBench, attempt: number): Promise<unknown> =>
  probe.notification(
    'thread/realtime/stage',
    1,
    (stage) => stage['stage'] === 'reconnecting' && stage['attempt'] === attempt,
  );

test('the offer goes out as it came, with the session it begins with, and the call is joined', async () => {
  await using bench = await startTestEngine();
  const { server } = await startVoice(bench, { outputModality: 'audio', prompt: 'P' });
  const offer = await bench.realtime.calls.offer();

  expect(offer.url).toBe('/v1/realtime/calls');
  expect(offer.headers).toMatchObject({
    authorization: 'Bearer sk-test',
    'content-type': 'multipart/form-data; boundary=codex-realtime-call-boundary',
    originator: 'probe',
    'x-session-id': expect.any(String),
  });
  const [sdp, session, ...more] = partsOf(offer);
  expect(more).toEqual([]);
  expect(sdp).toEqual(['sdp', 'application/sdp', OFFER_SDP]);
  expect(session?.slice(0, 2)).toEqual(['session', 'application/json']);
  const posted = JSON.parse(session?.[2] ?? '') as Fields;
  const { model, ...rest } = posted;
  expect(model).toBe('gpt-realtime-1.5');
  expect(rest).toEqual(sessionOf(server.frames[0]));
  expect(server.url).toBe('/v1/realtime?call_id=rtc_1');
  expect(server.headers).toMatchObject({
    authorization: 'Bearer sk-test',
    'x-session-id': offer.headers['x-session-id'],
  });
});

test('the answer does not wait for the sideband, which joins beside it', async () => {
  await using bench = await startTestEngine();
  bench.realtime.stallNext();
  const { probe, threadId } = await asking(bench);

  expect(await probe.notification('thread/realtime/sdp')).toEqual({ threadId, sdp: ANSWER_SDP });
  expect(probe.all('thread/realtime/started')).toMatchObject([
    { version: 'v2', transport: 'webrtc', callId: 'rtc_1' },
  ]);
  const order = probe.order.filter((method) => /realtime\/(?:started|sdp)$/u.test(method));
  expect(order).toEqual(['thread/realtime/started', 'thread/realtime/sdp']);
  expect(bench.realtime.sessions).toEqual([]);
});

test('what is said while the call is being joined is kept in its order', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock, requestMaxRetries: 1 });
  bench.realtime.refuseNext(503, 'not yet');
  const { probe, threadId } = await asking(bench);
  await probe.notification('thread/realtime/sdp');
  await probe.call('thread/realtime/appendText', { threadId, text: 'one' });
  await probe.call('thread/realtime/appendText', { threadId, text: 'two', respond: true });
  await passing(clock, probe, { attempt: 1, delayMs: 200 });

  const server = await bench.realtime.session();
  await server.frame('response.create');
  expect(server.frames).toMatchObject([
    { type: 'session.update' },
    { item: { content: [{ text: '[USER] one' }] } },
    { item: { content: [{ text: '[USER] two' }] } },
    { type: 'response.create' },
  ]);
});

test.each([
  ['no Location', {}, ANSWER_SDP, /no Location/u, 0],
  [
    'a Location without id',
    { location: '/v1/realtime/calls/rtc_' },
    ANSWER_SDP,
    /"\/v1.*rtc_"/u,
    0,
  ],
  ['an empty answer', { location: '/calls/rtc_x' }, ' ', /an empty answer/u, 1],
  ['a web page', { location: '/calls/rtc_x' }, '<html>', /not SDP/u, 1],
] as const)(
  'a provider that answers with %s ends the start with that cause',
  async (_what, headers, body, words, hangUps) => {
    await using bench = await startTestEngine();
    bench.realtime.calls.answerNext(201, headers, body);
    const { probe, threadId } = await asking(bench);

    expect(await probe.notification('thread/realtime/error')).toMatchObject({
      message: expect.stringMatching(words),
      fatal: true,
    });
    if (hangUps > 0) await bench.realtime.calls.hangUp(hangUps);
    expect(bench.realtime.upgrades).toBe(0);
    expect(probe.order).not.toContain('thread/realtime/started');
    await talk(bench, probe, threadId);
  },
);

test.each([
  ['https://elsewhere.example/v1/realtime/calls/rtc_abs?x=1', 'rtc_abs'],
  ['/v1/realtime/calls/calls/rtc_twice', 'rtc_twice'],
])('the call is found in the Location %s', async (location, callId) => {
  await using bench = await startTestEngine();
  bench.realtime.calls.answerNext(200, { location }, ANSWER_SDP);
  const { server } = await startVoice(bench);
  expect(server.url).toBe(`/v1/realtime?call_id=${callId}`);
});

test('a provider in trouble is asked again, at growing distances and not for ever', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    requestMaxRetries: 2,
  });
  const { calls } = bench.realtime;
  for (let n = 0; n < 3; n += 1) calls.answerNext(503, {}, '{"error":{"message":"busy"}}');
  const { probe } = await asking(bench);
  await passing(clock, probe, { attempt: 1, delayMs: 199 });
  expect(calls.offers).toHaveLength(1);
  clock.advance(1);
  await calls.offer(2);
  await passing(clock, probe, { attempt: 2, delayMs: 400 });

  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/answered HTTP 503: busy/u),
    fatal: true,
  });
  expect(calls.offers).toHaveLength(3);
});

test('an offer that was read and never answered is not posted again: it may have made a call', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock, requestMaxRetries: 4 });
  const { calls } = bench.realtime;
  calls.stallNext();
  const { probe } = await asking(bench);
  await calls.offer();
  clock.advance(20_000);

  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/did not answer within 20 s/u),
    fatal: true,
  });
  expect(calls.offers).toHaveLength(1);
});

test.each([400, 401, 404, 429])('HTTP %d is told at once', async (status) => {
  await using bench = await startTestEngine({ requestMaxRetries: 4 });
  bench.realtime.calls.answerNext(status, {}, '{"error":{"message":"because"}}');
  const { probe } = await asking(bench);

  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(new RegExp(`HTTP ${status}.*because`, 'u')),
  });
  expect(bench.realtime.calls.offers).toHaveLength(1);
});

test('stop ends the session at once and hangs the call up once', async () => {
  await using bench = await startTestEngine();
  const { probe, threadId, server } = await startVoice(bench);
  await probe.call('thread/realtime/stop', { threadId });

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'requested' });
  expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
  const hangUp = await bench.realtime.calls.hangUp();
  expect(hangUp.url).toBe('/v1/realtime/calls/rtc_1/hangup');
  expect(hangUp.headers.authorization).toBe('Bearer sk-test');
  await probe.call('thread/realtime/stop', { threadId });
  await talk(bench, probe, threadId);
  expect(bench.realtime.calls.hangUps).toHaveLength(1);
});

test('a stop while the offer is on its way leaves nothing behind', async () => {
  await using bench = await startTestEngine();
  bench.realtime.calls.stallNext();
  const { probe, threadId } = await asking(bench);
  await bench.realtime.calls.offer();
  await probe.call('thread/realtime/stop', { threadId });

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'requested' });
  await talk(bench, probe, threadId);
  expect(probe.all('thread/realtime/started')).toHaveLength(1);
  expect(probe.all('thread/realtime/error')).toEqual([]);
});

test('a stop while the call is being joined hangs it up and joins no more', async () => {
  await using bench = await startTestEngine();
  bench.realtime.stallNext();
  const { probe, threadId } = await asking(bench);
  await probe.notification('thread/realtime/sdp');
  await bench.realtime.upgrade();
  await probe.call('thread/realtime/stop', { threadId });

  await probe.notification('thread/realtime/closed');
  await bench.realtime.calls.hangUp();
  expect(bench.realtime.sessions).toEqual([]);
  expect(probe.all('thread/realtime/error')).toEqual([]);
});

test('a new start opens its call first and hangs the old one up then', async () => {
  await using bench = await startTestEngine();
  const { probe, threadId, server } = await startVoice(bench);
  await talk(bench, probe, threadId);

  expect((await bench.realtime.calls.hangUp()).url).toContain('rtc_1');
  expect(await server.closed).toMatchObject({ code: 1000 });
  expect(bench.realtime.calls.hangUps).toHaveLength(1);
  expect(probe.all('thread/realtime/closed')).toHaveLength(1);
});

test.for<readonly [retries: number, delaysMs: readonly number[]]>([
  [0, []],
  [2, [200, 400]],
  [4, [200, 400, 800, 1_600]],
])(
  'a call that cannot be joined is given up after %i retries, with its cause, and hung up',
  async ([requestMaxRetries, delaysMs]) => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({ clock, requestMaxRetries });
    for (let n = 0; n <= requestMaxRetries; n += 1) bench.realtime.refuseNext(404, 'no such call');
    const { probe } = await asking(bench);
    for (const [index, delayMs] of delaysMs.entries()) {
      await passing(clock, probe, { attempt: index + 1, delayMs });
    }

    expect(await probe.notification('thread/realtime/closed')).toMatchObject({
      reason: 'error',
      detail: expect.stringMatching(/could not be joined.*404.*no such call/u),
    });
    expect(bench.realtime.upgrades).toBe(requestMaxRetries + 1);
    await bench.realtime.calls.hangUp();
    expect(probe.all('thread/realtime/error')).toMatchObject([{ fatal: true }]);
  },
);

test('an existing call that cannot be joined is tried as often as the provider allows', async () => {
  await using bench = await startTestEngine({ requestMaxRetries: 0 });
  bench.realtime.refuseNext(503, 'not now');
  const transport = { type: 'existingCall', callId: 'rtc_theirs' };
  const { probe } = await asking(bench, { transport });

  expect(await probe.notification('thread/realtime/error')).toMatchObject({
    message: expect.stringMatching(/503.*not now/u),
    fatal: true,
  });
  expect(bench.realtime.upgrades).toBe(1);
});

test('a key that the sideband refuses is not tried over and over', async () => {
  await using bench = await startTestEngine({ requestMaxRetries: 4 });
  bench.realtime.refuseNext(401, 'bad key');
  const { probe } = await asking(bench);

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({ reason: 'error' });
  expect(bench.realtime.upgrades).toBe(1);
});

test('a dropped sideband is joined again: the session is set anew, and nothing said is lost', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench, { outputModality: 'audio', prompt: 'P' });
  const { probe, threadId, server } = voice;
  server.send(
    { type: 'session.updated', session: {} },
    { type: 'response.created', response: { id: 'resp_lost' } },
  );
  await inFence(voice);
  await probe.call('thread/realtime/update', { threadId, outputModality: 'text' });
  await outFence(voice);
  server.cut();
  await mending(voice, 1);
  await probe.call('thread/realtime/appendText', { threadId, text: 'meanwhile', respond: true });
  clock.advance(150);

  const again = { ...voice, server: await bench.realtime.session(2) };
  await again.server.frame('response.create');
  const [update, ...rest] = again.server.frames;
  expect(again.server.url).toBe('/v1/realtime?call_id=rtc_1');
  expect(sessionOf(update)).toMatchObject({ instructions: 'P', output_modalities: ['text'] });
  expect(rest).toMatchObject([
    { item: { content: [{ text: '[USER] meanwhile' }] } },
    // An end of the response that ran may have been missed: a refusal would tell that it has not.
    { type: 'response.create' },
  ]);
  await probe.notification('thread/realtime/response/completed');
  expect(probe.all('thread/realtime/response/completed')).toMatchObject([
    { responseId: 'resp_lost', status: 'cancelled' },
  ]);

  again.server.send({ type: 'session.updated', session: {} });
  await inFence(again);
  expect(probe.all('thread/realtime/stage').map(({ stage }) => stage)).toEqual([
    'connecting',
    'configuring',
    'ready',
    'reconnecting',
    'configuring',
    'ready',
  ]);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  expect(probe.all('thread/realtime/started')).toHaveLength(1);
  expect(bench.realtime.calls.offers).toHaveLength(1);
});

test('a function call that was open when the sideband dropped is answered over the next one', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench);
  voice.server.cut();
  await mending(voice, 1);
  clock.advance(150);
  const again = { ...voice, server: await bench.realtime.session(2) };
  again.server.send(functionCall('call_1', 'no_such_tool', '{}'));

  const { item } = await again.server.frame('conversation.item.create');
  expect(item).toMatchObject({ type: 'function_call_output', call_id: 'call_1' });
});

test('a call that the provider ended is not joined again, and no error', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench);
  bench.realtime.refuseNext(404, 'gone');
  voice.server.close(1000, 'call ended');
  await mending(voice, 1);
  clock.advance(150);

  expect(await voice.probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'transport_closed',
    closeCode: 1000,
    detail: 'call ended',
  });
  expect(voice.probe.all('thread/realtime/error')).toEqual([]);
});

test('a sideband that has silently gone is noticed by its missing pongs and joined again', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const voice = await startVoice(bench);
  voice.server.stall();
  for (let n = 0; n < 3; n += 1) clock.advance(20_000);
  await mending(voice, 1);
  clock.advance(150);

  await (await bench.realtime.session(2)).frame('session.update');
  expect(voice.probe.all('thread/realtime/closed')).toEqual([]);
});

test('an existing call is joined without an offer, and left at the end as it was found', async () => {
  await using bench = await startTestEngine();
  const { probe, threadId } = await asking(bench, {
    transport: { type: 'existingCall', callId: 'rtc_theirs' },
  });
  const server = await bench.realtime.session();

  expect(await probe.notification('thread/realtime/started')).toMatchObject({
    transport: 'existingCall',
    callId: 'rtc_theirs',
  });
  expect(server.url).toBe('/v1/realtime?call_id=rtc_theirs');
  await server.frame('session.update');
  await probe.call('thread/realtime/stop', { threadId });
  expect(await server.closed).toEqual({ code: 1000, reason: 'done' });
  await talk(bench, probe, threadId);
  expect(bench.realtime.calls.hangUps).toEqual([]);
  expect(probe.all('thread/realtime/sdp')).toHaveLength(1);
});

test('what the provider says of its sound queue is told, and an interruption empties it', async () => {
  await using bench = await startTestEngine();
  const voice = await startVoice(bench);
  const { probe, threadId, server } = voice;
  server.send(
    { type: 'response.created', response: { id: 'r1' } },
    {
      type: 'response.output_audio_transcript.done',
      item_id: 'item_1',
      response_id: 'r1',
      transcript: 'A long answer.',
    },
    { type: 'output_audio_buffer.started', response_id: 'r1' },
    { type: 'response.done', response: { id: 'r1', status: 'completed' } },
  );
  await inFence(voice);
  expect(probe.all('thread/realtime/outputAudioBuffer/started')).toEqual([
    { threadId, responseId: 'r1' },
  ]);

  await probe.call('thread/realtime/interrupt', { threadId, heard: [] });
  await server.frame('output_audio_buffer.clear');
  expect(server.of('response.cancel')).toEqual([]);
  server.send(
    { type: 'conversation.item.truncated', item_id: 'item_1', content_index: 0, audio_end_ms: 640 },
    { type: 'output_audio_buffer.cleared', response_id: 'r1' },
  );
  await inFence(voice);
  expect(probe.all('thread/realtime/outputAudioBuffer/cleared')).toHaveLength(1);
  expect(probe.all('thread/realtime/outputAudio/truncated')).toEqual([
    { threadId, itemId: 'item_1', audioEndMs: 640 },
  ]);
  await probe.call('thread/realtime/interrupt', { threadId, heard: [] });
  await outFence(voice);
  expect(server.of('output_audio_buffer.clear')).toHaveLength(1);

  const { data } = await probe.call('thread/timeline/list', { threadId });
  expect(JSON.stringify(data)).toContain('"heardMs":640');
});

const socketCount = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

test('200 calls, one after the other, leave no socket and no timer behind', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock });
  const { probe, threadId, server: first } = await startVoice(bench);
  await probe.call('thread/realtime/stop', { threadId });
  await first.closed;
  await bench.realtime.calls.hangUp();
  await probe.notification('thread/realtime/closed');
  // What is done a moment after a thread was first written is done.
  clock.advance(1000);
  const timers = clock.pending;
  const sockets = socketCount();
  for (let n = 2; n <= 200; n += 1) {
    const server = await talk(bench, probe, threadId);
    await probe.call('thread/realtime/stop', { threadId });
    await server.closed;
    await bench.realtime.calls.hangUp(n);
  }

  await probe.notification('thread/realtime/closed', 200);
  clock.advance(1000);
  await expect.poll(socketCount).toBeLessThanOrEqual(sockets);
  await expect.poll(() => clock.pending).toBeLessThanOrEqual(timers);
}, 60_000);
