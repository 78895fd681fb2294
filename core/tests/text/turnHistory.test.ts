import { expect, test } from 'vitest';

import { callAnswer, messageAnswer, type UpstreamEvent } from '../../model/testing/index.ts';
import { openMessage, startTestEngine, toldToModel } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

test('a start on a running turn joins it', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: openMessage }, { until: 'go' }, { events: messageAnswer('Half a loaf').slice(3) }],
      [{ events: messageAnswer('And more') }],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'First');
  await probe.notification('item/agentMessage/delta');

  expect(await probe.turn(threadId, 'Second')).toBe(turnId);
  bench.upstream.open('go');
  await probe.notification('turn/completed');

  expect(probe.all('turn/started')).toHaveLength(1);
  expect(probe.all('turn/completed')).toHaveLength(1);
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).slice(-2)).toEqual(['assistant: Half a loaf', 'user: Second']);
});

test('a restart shows the same turns and tells the model the same history', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'First words');
  await probe.notification('turn/completed');
  const before = await probe.call('thread/read', { threadId, includeTurns: true });
  await bench.restart();

  const later = await bench.client();
  const { thread } = await later.call('thread/read', { threadId, includeTurns: true });
  expect(thread).toMatchObject({ status: { type: 'notLoaded' }, preview: 'First words' });
  expect((thread as Fields)['turns']).toEqual((before['thread'] as Fields)['turns']);
  expect(await later.call('thread/loaded/list', {})).toEqual({ data: [], nextCursor: null });

  const resumed = await later.call('thread/resume', { threadId });
  expect((resumed['thread'] as Fields)['turns']).toEqual((thread as Fields)['turns']);
  await later.turn(threadId, 'Second words');
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).slice(-3)).toEqual([
    'user: First words',
    'assistant: Hello',
    'user: Second words',
  ]);
});

test('a thread read or listed without being loaded can still be opened and written to', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const first = await bench.client();
  const threadId = await first.thread();
  await first.turn(threadId, 'Hi');
  await first.notification('turn/completed');
  await bench.restart();
  const probe = await bench.client();

  const timeline = await probe.call('thread/timeline/list', { threadId });
  expect((timeline['data'] as readonly Fields[]).map(({ type }) => type)).toEqual([
    'turnStarted',
    'item',
    'item',
    'turnCompleted',
  ]);
  expect((await probe.call('thread/loaded/list', {}))['data']).toEqual([]);
  expect((await probe.ask('turn/start', { threadId, input: [] })).error?.message).toBe(
    `thread not found: ${threadId}`,
  );

  await probe.call('thread/resume', { threadId });
  await probe.turn(threadId, 'More');
  await probe.notification('turn/completed');
  const { data } = await probe.call('thread/timeline/list', { threadId });
  expect(data).toHaveLength(8);
});

test('a model and effort given with a turn hold for it and for those after it', async () => {
  await using bench = await startTestEngine({ scripts: [[{ events: messageAnswer('Hello') }]] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const input = [{ type: 'text' as const, text: 'Hi' }];

  await probe.call('turn/start', { threadId, input, model: 'other-model', effort: 'high' });
  await probe.notification('turn/completed');
  await probe.turn(threadId, 'Again');
  await probe.notification('turn/completed', 2);

  for (const { body } of bench.upstream.requests) {
    expect(body).toMatchObject({ model: 'other-model', reasoning: { effort: 'high' } });
  }
});

test('an input beyond the limit is refused with both numbers', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread();
  const text = 'x'.repeat(1_048_577);

  const { error } = await probe.ask('turn/start', { threadId, input: [{ type: 'text', text }] });

  expect(error).toMatchObject({
    code: -32602,
    data: { input_error_code: 'input_too_large', max_chars: 1_048_576, actual_chars: 1_048_577 },
  });
});

/** The calls and outputs a request tells the model, by call id. */
function callsIn(body: unknown): readonly string[] {
  const { input } = body as { readonly input: readonly Fields[] };
  return input.flatMap((item) =>
    'call_id' in item ? [`${String(item['type'])} ${String(item['call_id'])}`] : [],
  );
}

const planCall = callAnswer({
  name: 'update_plan',
  arguments: { plan: [{ step: 'Look', status: 'in_progress' }] },
  callId: 'c1',
}).slice(0, -1);

test('a call that an interrupt left behind has its output, so the next request is valid', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: [...planCall, ...openMessage.slice(1)] }, { stall: true }],
      [{ events: messageAnswer('Back again') }],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  const turnId = await probe.turn(threadId, 'Look into it');
  await probe.notification('item/agentMessage/delta');
  await probe.call('turn/interrupt', { threadId, turnId });
  await probe.notification('turn/completed');

  await probe.turn(threadId, 'And now?');

  const { body } = await bench.upstream.request(2);
  expect(callsIn(body)).toEqual(['function_call c1', 'function_call_output c1']);
});

test('a call of an answer that failed is not run, and is answered once', async () => {
  const failure = {
    type: 'response.failed',
    response: { id: 'resp_1', error: { code: 'invalid_prompt', message: 'No.' } },
  };
  await using bench = await startTestEngine({
    scripts: [[{ events: [...planCall, failure] }], [{ events: messageAnswer('Later') }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Look into it');
  const { turn } = await probe.notification('turn/completed');
  await probe.turn(threadId, 'And now?');

  const { body } = await bench.upstream.request(2);
  expect(turn).toMatchObject({ status: 'failed' });
  expect(callsIn(body)).toEqual(['function_call c1', 'function_call_output c1']);
  expect(probe.all('turn/plan/updated')).toEqual([]);
});

test('a repeat tells the model once what it had said before its answer broke', async () => {
  const said = messageAnswer('First part').slice(0, -1);
  const cutOff = openMessage.slice(1).map((event) => JSON.stringify(event));
  const secondMessage = cutOff.map(
    (event) => JSON.parse(event.replaceAll('msg_1', 'msg_2')) as UpstreamEvent,
  );
  await using bench = await startTestEngine({
    scripts: [
      [{ events: [...said, ...secondMessage] }, { cut: true }],
      [{ events: messageAnswer('Anew') }],
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread({
    config: { 'model_providers.scripted.stream_max_retries': 1 },
  });
  await probe.turn(threadId, 'Tell me');
  await probe.notification('turn/completed');

  const told = toldToModel((await bench.upstream.request(2)).body);
  expect(told.slice(-2)).toEqual(['user: Tell me', 'assistant: First part']);
});
