import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test, vi } from 'vitest';

import { callAnswer, messageAnswer, type RecordedRequest } from '../../model/testing/index.ts';
import { startTestEngine } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const answer = [{ events: messageAnswer('Yes.') }];
const input = [{ type: 'text' as const, text: 'Hi' }];
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The turn metadata of a request, which must be the same in header and body. */
function metadata({ headers, body }: RecordedRequest): Fields {
  const { client_metadata: sent } = body as { client_metadata: Record<string, string> };
  const text = sent['x-codex-turn-metadata'] ?? '';
  expect(headers['x-codex-turn-metadata']).toBe(text);
  return JSON.parse(text) as Fields;
}

test.each(['clientMetadata', 'responsesapiClientMetadata'])(
  'what %s says reaches the turn metadata, and our own keys win',
  async (name) => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const given = { fiber_run_id: 'f1', origin: 'grün', session_id: 'mine', model: 'mine' };
    const { turn } = await probe.call('turn/start', { threadId, input, [name]: given });

    const request = await bench.upstream.request(1);
    expect(metadata(request)).toMatchObject({
      fiber_run_id: 'f1',
      origin: 'grün',
      session_id: threadId,
      turn_id: (turn as Fields)['id'],
      model: 'test-model',
    });
    const keys = Object.keys((request.body as { client_metadata: Fields }).client_metadata);
    expect(keys).not.toContain('fiber_run_id');
  },
);

test('metadata belongs to its turn, and the next one has none', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('turn/start', { threadId, input, clientMetadata: { a: '1' } });
  await probe.notification('turn/completed');
  await probe.call('turn/start', { threadId, input });

  expect(metadata(await bench.upstream.request(1))['a']).toBe('1');
  expect(metadata(await bench.upstream.request(2))).not.toHaveProperty('a');
});

test.each([
  ['turn/start', { clientMetadata: { a: 1 } }, 'clientMetadata.a'],
  ['turn/start', { responsesapiClientMetadata: { b: null } }, 'responsesapiClientMetadata.b'],
  ['turn/steer', { clientMetadata: { c: {} }, expectedTurnId: 'x' }, 'clientMetadata.c'],
  ['turn/start', { clientMetadata: 'all' }, 'clientMetadata'],
])('%s refuses metadata that is no text and names it', async (method, fields, name) => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const { error } = await probe.ask(method, { threadId, input, ...fields });

  expect(error).toMatchObject({ code: -32600 });
  expect(error?.message).toContain(`\`${name}\``);
  expect(bench.upstream.requests).toHaveLength(0);
});

test('the released name needs the experimental capability, the other one does not', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client({ experimentalApi: false });
  const threadId = await probe.thread();
  const refused = await probe.ask('turn/start', {
    threadId,
    input,
    responsesapiClientMetadata: { a: '1' },
  });
  expect(refused.error?.message).toBe(
    'turn/start.responsesapiClientMetadata requires experimentalApi capability',
  );
  await probe.call('turn/start', { threadId, input, clientMetadata: { a: '1' } });
  expect(metadata(await bench.upstream.request(1))['a']).toBe('1');
});

const plan = callAnswer({
  name: 'update_plan',
  arguments: { plan: [{ step: 'Look', status: 'pending' }] },
  callId: 'call_1',
});
const slow = [[{ until: 'steered' }, { events: plan }], [{ events: messageAnswer('Done') }]];

test.each([
  ['replaces', 'responsesapiClientMetadata', { b: '3', c: '4' }],
  ['adds to', 'responsesapiClientMetadataPatch', { a: '1', b: '3', c: '4' }],
])('what comes with a steer %s what the turn had (%s)', async (_what, name, expected) => {
  await using bench = await startTestEngine({ scripts: slow });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const { turn } = await probe.call('turn/start', {
    threadId,
    input,
    clientMetadata: { a: '1', b: '2' },
  });
  const turnId = String((turn as Fields)['id']);
  await bench.upstream.request(1);
  const steered = await probe.call('turn/steer', {
    threadId,
    expectedTurnId: turnId,
    input: [{ type: 'text', text: 'Rather that' }],
    [name]: { b: '3', c: '4' },
  });
  bench.upstream.open('steered');

  expect(steered).toEqual({ turnId });
  const { a, b, c } = metadata(await bench.upstream.request(2));
  expect({ ...(a !== undefined && { a }), b, c }).toEqual(expected);
  await probe.notification('turn/completed');
  expect(probe.all('turn/started')).toHaveLength(1);
  expect(JSON.stringify((await bench.upstream.request(2)).body)).toContain('Rather that');
});

test('a steer that means another turn, or none, is refused and changes nothing', async () => {
  await using bench = await startTestEngine({ scripts: slow });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const steer = { threadId, input, clientMetadata: { z: '1' } };
  const idle = await probe.ask('turn/steer', { ...steer, expectedTurnId: 'any' });
  expect(idle.error?.message).toBe('no active turn to steer');
  const turnId = await probe.turn(threadId, 'Hi');
  const wrong = await probe.ask('turn/steer', { ...steer, expectedTurnId: 'other' });
  const empty = await probe.ask('turn/steer', { ...steer, expectedTurnId: '' });
  bench.upstream.open('steered');
  await probe.notification('turn/completed');

  expect(wrong.error).toEqual({
    code: -32600,
    message: `expected active turn id \`other\` but found \`${turnId}\``,
  });
  expect(empty.error?.message).toBe('expectedTurnId must not be empty');
  for (const request of bench.upstream.requests) expect(metadata(request)).not.toHaveProperty('z');
});

test('each turn carries the trace it was asked with', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const params = { threadId, input };
  probe.send({
    id: 'traced',
    method: 'turn/start',
    params,
    trace: { traceparent: TRACE, tracestate: 'vendor=1' },
  });
  await probe.notification('turn/completed');
  await probe.call('turn/start', params);
  await probe.notification('turn/completed', 2);

  const [first, second] = bench.upstream.requests;
  expect(first?.headers).toMatchObject({ traceparent: TRACE, tracestate: 'vendor=1' });
  expect(second?.headers['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0[01]$/u);
  expect(second?.headers['traceparent']).not.toContain(TRACE.slice(3, 35));
  expect(second?.headers).not.toHaveProperty('tracestate');
});

test.each([
  'nonsense',
  '00-00000000000000000000000000000000-b7ad6b7169203331-01',
  '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
  'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  `${TRACE}-more`,
  `${TRACE}\r\nx: y`,
])('a trace that is none (%j) is replaced by a fresh one', async (traceparent) => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  probe.send({
    id: 'traced',
    method: 'turn/start',
    params: { threadId, input },
    trace: { traceparent, tracestate: 'a=b' },
  });

  const { headers } = await bench.upstream.request(1);
  expect(headers['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/u);
  expect(headers).not.toHaveProperty('tracestate');
});

test.each([
  [undefined, 'user'],
  ['subagent', 'subagent'],
  ['my-source', 'my-source'],
])(
  'a thread started with the source %j says so to the provider',
  async (threadSource, expected) => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread(threadSource === undefined ? {} : { threadSource });
    await probe.turn(threadId, 'Hi');

    expect(metadata(await bench.upstream.request(1))['thread_source']).toBe(expected);
  },
);

test('the installation has one id, in every request and after a restart', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const first = await bench.client();
  await first.turn(await first.thread(), 'Hi');
  await bench.upstream.request(1);
  await bench.restart();
  const second = await bench.client();
  await second.turn(await second.thread(), 'Hi');

  const id = (await readFile(join(bench.home, 'installation_id'), 'utf8')).trim();
  await bench.upstream.request(2);
  for (const request of bench.upstream.requests) {
    expect(metadata(request)['installation_id']).toBe(id);
    expect(request.body).toMatchObject({ client_metadata: { 'x-codex-installation-id': id } });
  }
});

test('an installation gets its id when the engine starts, so that no turn waits for the disk', async () => {
  await using bench = await startTestEngine();
  await vi.waitFor(() => {
    expect(existsSync(join(bench.home, 'installation_id'))).toBe(true);
  });
});

test('no request speaks of what the person may search or is entitled to', async () => {
  await using bench = await startTestEngine({ scripts: [answer] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  const { headers } = await bench.upstream.request(1);
  const names = Object.keys(headers).filter((name) => /eligib|web-?search|entitle/iu.test(name));
  expect(names).toEqual([]);
});
