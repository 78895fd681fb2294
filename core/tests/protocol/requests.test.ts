import { PassThrough } from 'node:stream';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { systemClock } from '../../platform/index.ts';
import { ownNotifications } from '../../protocol/index.ts';
import { createLineTransport, createMemoryTransportPair } from '../../rpc/index.ts';
import { practising, RpcProbe, startTestEngine } from '../../testing/index.ts';

const INVALID = -32600;
const NOBODY = '0198c2f0-0000-7000-8000-000000000000';

test('a call before initialize is refused, an unknown method is unknown even then', async () => {
  await using bench = await startTestEngine();
  const probe = bench.connect();

  expect(await probe.ask('thread/list', {})).toMatchObject({
    error: { code: INVALID, message: 'Not initialized' },
  });
  const { error } = await probe.ask('no/such/method', {});
  expect(error?.code).toBe(INVALID);
  expect(error?.message).toBe('Invalid request: unknown variant `no/such/method`');
});

test('an initialize without clientInfo is refused and a good one works afterwards, once', async () => {
  await using bench = await startTestEngine();
  const probe = bench.connect();

  expect((await probe.ask('initialize', {})).error).toEqual({
    code: INVALID,
    message: 'Invalid request: missing field `clientInfo`',
  });
  await probe.hello('probe', {});
  const again = await probe.ask('initialize', { clientInfo: { name: 'again', version: '1' } });
  expect(again.error).toEqual({ code: INVALID, message: 'Already initialized' });
});

test('a client whose name no header carries is refused, and may say another', async () => {
  await using bench = await startTestEngine();
  const probe = bench.connect();

  for (const name of ['a\r\nX: y', '\u0000', 'a\u007F']) {
    expect((await probe.ask('initialize', { clientInfo: { name, version: '1' } })).error).toEqual({
      code: INVALID,
      message: 'Invalid request: characters that no HTTP header carries at `clientInfo.name`',
    });
  }
  const clientInfo = { name: 'tab\tand 日本', version: '1' };
  expect(await probe.ask('initialize', { clientInfo })).toHaveProperty('result');
});

test('the hello tells the client name, server version, home and platform', async () => {
  await using bench = await startTestEngine();
  const result = await bench.connect().call('initialize', {
    clientInfo: { name: 'my-client', title: null, version: '7.8.9' },
  });
  expect(result).toMatchObject({ codexHome: bench.home, platformFamily: 'unix' });
  expect(result['userAgent']).toMatch(
    /^my-client\/0\.169\.0 .*\(my-client; 7\.8\.9\) parley\/0\.0\.0-test$/u,
  );
});

test.each([
  ['thread/loaded/list', undefined, 'Invalid request: missing field `params`'],
  ['thread/loaded/list', null, 'Invalid request: missing field `params`'],
  ['thread/read', {}, 'Invalid request: missing field `threadId`'],
  ['thread/start', { cwd: 5 }, 'cwd'],
  ['turn/start', { threadId: NOBODY, input: 'hi' }, 'input'],
  [
    'turn/start',
    { threadId: NOBODY, input: [{ type: 'hologram' }] },
    '`text`, `image`, `localImage`',
  ],
  ['turn/start', { threadId: NOBODY, input: [{}] }, 'missing field `type`'],
  ['turn/start', { threadId: NOBODY, input: [{ type: 'text' }] }, 'missing field `text`'],
  ['thread/read', [], 'invalid type at `params`: expected object'],
  ['thread/list', { limit: -1 }, 'at `limit`'],
  ['thread/realtime/start', { threadId: NOBODY }, 'missing field `outputModality`'],
  ['thread/realtime/start', { threadId: NOBODY, outputModality: 'smell' }, '`text`, `audio`'],
  [
    'thread/realtime/start',
    { threadId: NOBODY, outputModality: 'audio', voice: 'bob' },
    'unknown variant "bob", expected one of `alloy`',
  ],
  [
    'thread/realtime/start',
    { threadId: NOBODY, outputModality: 'audio', transport: { type: 'pigeon' } },
    'unknown variant "pigeon", expected one of `websocket`, `webrtc`, `existingCall`',
  ],
  [
    'thread/realtime/start',
    { threadId: NOBODY, outputModality: 'audio', transport: { type: 'webrtc' } },
    'missing field `sdp`',
  ],
  [
    'thread/realtime/appendAudio',
    { threadId: NOBODY, audio: { data: '', numChannels: 1 } },
    'missing field `sampleRate`',
  ],
  ['thread/realtime/appendText', { threadId: NOBODY }, 'missing field `text`'],
])('%s with bad parameters %j says what is wrong', async (method, params, words) => {
  await using bench = await startTestEngine();
  const probe = await bench.client();

  const { error } = await probe.ask(method, params);

  expect(error?.code).toBe(INVALID);
  expect(error?.message).toContain(words);
});

test('thread ids are told apart: no id at all, one nobody knows, one that is not loaded', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const refusal = async (method: string, threadId: string): Promise<string | undefined> => {
    const { error } = await probe.ask(method, { threadId, input: [], outputModality: 'text' });
    return error?.message;
  };

  expect(await refusal('thread/read', 'nonsense')).toMatch(/^invalid thread id: /u);
  expect(await refusal('thread/read', NOBODY)).toBe(`thread not loaded: ${NOBODY}`);
  expect(await refusal('turn/start', NOBODY)).toBe(`thread not found: ${NOBODY}`);
  expect(await refusal('thread/realtime/start', NOBODY)).toBe(`thread not found: ${NOBODY}`);
  expect(await refusal('thread/resume', NOBODY)).toBe(`no rollout found for thread id ${NOBODY}`);
});

test('experimental methods and fields need the capability', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client({ experimentalApi: false });
  const threadId = await probe.thread();
  const input = [{ type: 'text', text: 'x' }];
  const refusal = async (method: string, params: unknown): Promise<string | undefined> =>
    (await probe.ask(method, params)).error?.message;

  expect(await refusal('thread/realtime/listVoices', {})).toBe(
    'thread/realtime/listVoices requires experimentalApi capability',
  );
  expect(await refusal('thread/start', { dynamicTools: [] })).toBe(
    'thread/start.dynamicTools requires experimentalApi capability',
  );
  expect(await refusal('turn/start', { threadId, input, environments: [] })).toBe(
    'turn/start.environments requires experimentalApi capability',
  );
  expect(await refusal('turn/start', { threadId, input, responsesapiClientMetadata: {} })).toBe(
    'turn/start.responsesapiClientMetadata requires experimentalApi capability',
  );
  expect(await refusal('turn/start', { threadId, input, additionalContext: {} })).toBe(
    'turn/start.additionalContext requires experimentalApi capability',
  );
  expect(await refusal('thread/start', { experimentalRawEvents: true })).toBe(
    'thread/start.experimentalRawEvents requires experimentalApi capability',
  );
  // What is off, or nothing, asks for nothing.
  expect(await refusal('thread/start', { dynamicTools: null })).toBeUndefined();
  expect(await refusal('thread/start', { experimentalRawEvents: false })).toBeUndefined();
});

test('ids may be strings or integers and may repeat; null and fractions get no answer', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const before = probe.mark;

  for (const id of [null, 1.5, {}, 'word', 7, 7, -1, 9_007_199_254_740_991]) {
    probe.send({ id, method: 'thread/loaded/list', params: {}, jsonrpc: '2.0', extra: true });
  }
  await probe.call('thread/loaded/list', {});

  const ids = probe.messages.slice(before, -1).map(({ id }) => id);
  expect(ids).toEqual(['word', 7, 7, -1, 9_007_199_254_740_991]);
});

test('what is no request is passed over, and the next request is answered', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const before = probe.mark;

  for (const junk of [[], 5, 'text', null, {}, { id: 3 }, [{ id: 1, method: 'thread/list' }]]) {
    probe.send(junk);
  }
  probe.send({ method: 'no/such/notification', params: {} });
  probe.send({ id: 999_999, result: {} });
  probe.send({ id: 999_998, error: { code: 1, message: 'x' } });
  await probe.call('thread/loaded/list', {});

  expect(probe.messages.slice(before)).toHaveLength(1);
});

test('the answer precedes what it announces, and every envelope is stamped', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const before = probe.mark;

  const threadId = await probe.thread();
  await probe.notification('thread/started');

  const [answer, started] = probe.messages.slice(before);
  expect(answer?.result).toMatchObject({ thread: { id: threadId, status: { type: 'idle' } } });
  expect(started).toMatchObject({ method: 'thread/started', params: { thread: { id: threadId } } });
  expect(started).toHaveProperty('emittedAtMs');
});

test('notifications a client opted out of do not come, others do', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client({
    optOutNotificationMethods: ['item/agentMessage/delta', 'thread/started', 'not/a/method'],
  });

  await probe.turn(await probe.thread(), 'Hi');
  await probe.notification('turn/completed');

  expect(probe.order).not.toContain('item/agentMessage/delta');
  expect(probe.order).not.toContain('thread/started');
  expect(probe.order).toContain('item/completed');
});

test.for([
  ['names Parley hears its additions', { parley: {} }, ['thread/realtime/stage']],
  ['does not name Parley hears only what every server says', { 'openai/form': {} }, []],
] as const)('a client that %s', async ([, extensions, heard]) => {
  const own = new Set<string>(ownNotifications);
  await practising(
    async (probe) => {
      const threadId = await probe.thread();
      await probe.call('thread/realtime/start', { threadId, outputModality: 'text' });
      await probe.notification('thread/realtime/started');
      await probe.call('thread/realtime/stop', { threadId });
      await probe.notification('thread/realtime/closed');

      const additions = probe.order.filter((method) => own.has(method));
      expect(additions.slice(0, 1)).toEqual(heard);
    },
    '',
    { experimentalApi: true, extensions },
  );
});

test('of two clients both hear of threads, only the subscribed one hears what happens in them', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const [owner, other] = [await bench.client({ name: 'owner' }), await bench.client()];
  const stranger = bench.connect();

  const threadId = await owner.thread();
  await owner.turn(threadId, 'Hi');
  await owner.notification('turn/completed');
  await other.notification('thread/status/changed', 2);

  expect(new Set(other.order.slice(1))).toEqual(
    new Set(['thread/started', 'thread/status/changed']),
  );
  expect(stranger.messages).toEqual([]);

  await other.call('thread/resume', { threadId });
  await owner.turn(threadId, 'Again');
  const [mine, theirs] = await Promise.all([
    owner.notification('turn/completed', 2),
    other.notification('turn/completed'),
  ]);
  expect(theirs).toEqual(mine);
});

test('a client that went away does not stop its turn, and another one may take over', async () => {
  await using bench = await startTestEngine({
    scripts: [[{ until: 'go' }, { events: messageAnswer('Hello') }]],
  });
  const first = await bench.client();
  const threadId = await first.thread();
  await first.turn(threadId, 'Hi');
  await bench.upstream.request(1);
  first.close();
  await first.closed;

  const second = await bench.client();
  const resumed = await second.call('thread/resume', { threadId });
  expect(resumed).toMatchObject({ thread: { status: { type: 'active' } } });
  bench.upstream.open('go');

  expect(await second.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed', items: [{ type: 'agentMessage', text: 'Hello' }] },
  });
});

test('oddities of the configuration are told right after the hello', async () => {
  await using bench = await startTestEngine({ config: 'modle = "x"' });
  const probe = await bench.client();

  await probe.notification('configWarning');
  expect(probe.order.slice(0, 2)).toEqual(['answer', 'configWarning']);
  expect(probe.messages[1]?.params?.['summary']).toContain('modle');
});

test('a host may have answered the hello itself; the engine then goes on from there', async () => {
  await using bench = await startTestEngine();
  const [near, far] = createMemoryTransportPair();
  bench.engine.connect(far, { initialize: { clientInfo: { name: 'early', version: '1' } } });
  const probe = new RpcProbe(near);

  expect(await probe.call('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });
});

test('over lines of text the same holds, and lines that are no JSON are dropped', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const [toEngine, toClient] = [new PassThrough(), new PassThrough()];
  const unreadable: string[] = [];
  bench.engine.connect(
    createLineTransport({
      input: toEngine,
      output: toClient,
      clock: systemClock,
      onUnreadable: (problem) => unreadable.push(problem),
    }),
  );
  const probe = new RpcProbe(
    createLineTransport({
      input: toClient,
      output: toEngine,
      clock: systemClock,
      onUnreadable: () => undefined,
    }),
  );

  await probe.hello('lines', { experimentalApi: true });
  toEngine.write('this is not JSON\n[{"id":1}]\n');
  await probe.turn(await probe.thread(), 'Hi');

  expect(await probe.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  expect(unreadable).toEqual(['is not valid JSON']);
});

test('a burst beyond what can wait is told to come later, and later it is served', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();

  const answers = await Promise.all(
    Array.from({ length: 1_000 }, async () => probe.ask('thread/list', {})),
  );

  const refused = answers.filter(({ error }) => error?.code === -32001);
  expect(answers.filter(({ result }) => result !== undefined)).toHaveLength(256);
  expect(refused).toHaveLength(744);
  expect(refused[0]?.error?.message).toBe('Server overloaded; retry later.');
  expect(await probe.call('thread/list', {})).toMatchObject({ data: [] });
});

test('closing the engine twice is harmless and its clients see it go', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();

  await Promise.all([bench.engine.close(), bench.engine.close()]);

  await probe.closed;
  await expect(bench.engine.close()).resolves.toBeUndefined();
});
