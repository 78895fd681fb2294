import { expect, test } from 'vitest';

import {
  completed,
  halfAnswer,
  messageAnswer,
  sseEvent,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  openMessage,
  startTestEngine,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];

const refusal = { type: 'refusal', refusal: 'I would rather not.' };

const streamRetry = { config: { 'model_providers.scripted.stream_max_retries': 1 } };

const whole = messageAnswer('Hello there');

const text = whole.map(sseEvent).join('');

function refused(): { type: string; [field: string]: unknown }[] {
  const item = { type: 'message', id: 'msg_1', role: 'assistant' };
  return [
    { type: 'response.created', response: { id: 'resp_1' } },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
    { type: 'response.refusal.delta', item_id: 'msg_1', output_index: 0, delta: refusal.refusal },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, content: [refusal] } },
    { type: 'response.completed', response: { id: 'resp_1' } },
  ];
}

test.each([
  ['an interrupt', true, { stall: true as const }],
  ['a break', false, { cut: true as const }],
  ['a failure', false, { events: [{ type: 'error', message: 'oops' }] }],
])(
  'after %s in the middle of a message its text stays, here and for the model',
  async (_what, interrupts, last) => {
    await using bench = await startTestEngine({
      scripts: [[{ events: openMessage }, last], hello],
    });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.turn(threadId, 'Tell me');
    await probe.notification('item/agentMessage/delta');
    if (interrupts) await probe.call('turn/interrupt', { threadId, turnId: '' });
    await turnEnded(probe);

    expect(completedItems(probe, 'agentMessage')).toMatchObject([
      { text: 'Half a ', interrupted: true },
    ]);
    await probe.turn(threadId, 'And?');
    const { body } = await bench.upstream.request(2);
    expect(toldToModel(body)).toContain('assistant: Half a ');
    expect(toldToModel(body).at(-1)).toBe('user: And?');
  },
);

test.each<[string, readonly UpstreamStep[]]>([
  ['a break in a message', [{ events: halfAnswer() }, { cut: true }]],
  [
    'a break in reasoning',
    [
      {
        events: [
          {
            type: 'response.output_item.added',
            output_index: 0,
            item: { type: 'reasoning', id: 'rs_1', summary: [] },
          },
        ],
      },
      { cut: true },
    ],
  ],
  ['an end without a word', [{ events: halfAnswer() }]],
  [
    'an answer that is cut short',
    [
      {
        events: [
          ...halfAnswer(),
          {
            type: 'response.incomplete',
            response: { id: 'resp_1', incomplete_details: { reason: 'max_output_tokens' } },
          },
        ],
      },
    ],
  ],
  [
    'a cancelled answer',
    [{ events: [...halfAnswer(), { type: 'response.cancelled', response: { id: 'resp_1' } }] }],
  ],
  ['a refusal', [{ events: refused() }]],
])('nothing is left open after %s', async (_what, script) => {
  await using bench = await startTestEngine({ scripts: [script] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await turnEnded(probe);

  expect(probe.all('item/started').length).toBeGreaterThan(1);
  expect(looseItems(probe)).toEqual([]);
});

test('a refusal is shown and remembered', async () => {
  const content = [{ type: 'refusal', refusal: 'I would rather not.' }];
  const item = { type: 'message', id: 'msg_1', role: 'assistant', content };
  await using bench = await startTestEngine({
    scripts: [
      [{ events: [{ type: 'response.output_item.done', output_index: 0, item }, completed('r')] }],
      hello,
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Do it');
  const turn = await turnEnded(probe);

  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'I would rather not.' }]);
  expect(turn).toMatchObject({ status: 'completed', items: [{ text: 'I would rather not.' }] });
  await probe.turn(threadId, 'Why?');
  const { body } = await bench.upstream.request(2);
  expect(JSON.stringify(body)).toContain(JSON.stringify(content));
});

test.each<[string, readonly UpstreamStep[]]>([
  ['its final blank line', [{ bytes: text.trimEnd() }]],
  ['its end', [{ events: whole.slice(0, -1) }]],
  ['its end, by a cut', [{ events: whole.slice(0, -1) }, { cut: true }]],
])('an answer that lost %s is shown once and asked for once', async (_what, script) => {
  await using bench = await startTestEngine({ scripts: [script] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(streamRetry), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Hello there' }]);
  expect(bench.upstream.requests).toHaveLength(1);
  expect(probe.all('error')).toEqual([]);
});
