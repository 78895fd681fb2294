import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { halfAnswer, messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  openMessage,
  startTestEngine,
  timedOut,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

// Rows 1 to 11; row numbers are those of responses §19. What needs a socket is in modelPeerFaultsSockets.

type Fields = Readonly<Record<string, unknown>>;

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];
const refusal = { type: 'refusal', refusal: 'I would rather not.' };

test('row 1: an upstream that never sends headers is told of after a minute, tried again, and ends', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({
    clock,
    requestMaxRetries: 1,
    scripts: [[{ stall: true }]],
  });
  const probe = await bench.client();
  const beganMs = clock.nowMs();
  await probe.turn(await probe.thread(), 'Hi');
  await bench.upstream.request(1);

  const { status, error } = await timedOut(clock, probe);
  expect({ status, error }).toMatchObject({
    status: 'failed',
    error: {
      message: expect.stringMatching(/did not answer within 60 s\. Tried 2 times\.$/u) as unknown,
      codexErrorInfo: { responseStreamConnectionFailed: { httpStatusCode: null } },
    },
  });
  expect(probe.all('error').map(({ willRetry }) => willRetry)).toEqual([true, false]);
  expect(bench.upstream.requests).toHaveLength(2);
  expect(clock.nowMs() - beganMs).toBeLessThan(125_000);
});

test('row 2: comments of a proxy keep a slow answer alive for as long as they come', async () => {
  const clock = new ManualClock();
  const gates = Array.from({ length: 5 }, (_, index) => `comment ${index}`);
  await using bench = await startTestEngine({
    clock,
    scripts: [
      [
        ...gates.flatMap((gate) => [{ until: gate }, { bytes: ': keep-alive\n\n' }]),
        { events: messageAnswer('At last') },
      ],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await bench.upstream.request(1);
  for (const gate of gates) {
    // The deadline for the headers runs first, that for the next byte from then on.
    clock.advance(gate === gates[0] ? 59_000 : 299_000);
    const before = clock.armed;
    bench.upstream.open(gate);
    await expect.poll(() => clock.armed).toBeGreaterThan(before);
  }

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(bench.upstream.requests).toHaveLength(1);
});

test.each([
  ['without a status', { type: 'error', message: 'The horse is tired.' }],
  ['with its text inside', { type: 'error', error: { message: 'The horse is tired.' } }],
])(
  'row 3: an error event %s ends the attempt at once and its words are told',
  async (_what, event) => {
    await using bench = await startTestEngine({
      scripts: [[{ events: [...halfAnswer(), event] }, { stall: true }]],
    });
    const probe = await bench.client();
    await probe.turn(await probe.thread(), 'Hi');

    expect(await turnEnded(probe)).toMatchObject({
      status: 'failed',
      error: { message: 'The model failed: The horse is tired.', codexErrorInfo: 'other' },
    });
    expect(looseItems(probe)).toEqual([]);
  },
);

test.each([
  ['an interrupt', true, { stall: true as const }],
  ['a break', false, { cut: true as const }],
  ['a failure', false, { events: [{ type: 'error', message: 'oops' }] }],
])(
  'row 6: after %s in the middle of a message its text stays, here and for the model',
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
])('row 7: nothing is left open after %s', async (_what, script) => {
  await using bench = await startTestEngine({ scripts: [script] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await turnEnded(probe);

  expect(probe.all('item/started').length).toBeGreaterThan(1);
  expect(looseItems(probe)).toEqual([]);
});

test('row 8: an empty start is a turn that ends, a start on a busy thread names the running turn', async () => {
  await using bench = await startTestEngine({
    scripts: [hello, [{ events: halfAnswer() }, { until: 'go' }], hello],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.call('turn/start', { threadId, input: [] });
  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });

  const running = await probe.turn(threadId, 'One');
  await bench.upstream.request(2);
  expect(await probe.turn(threadId, 'Two')).toBe(running);
  bench.upstream.open('go');
  expect(await turnEnded(probe, 2)).toMatchObject({ id: running });
  expect(probe.all('turn/started')).toHaveLength(2);
});

test.each([
  ['fails', ['-c', 'echo x >> ran; exit 3']],
  ['says nothing', ['-c', 'echo x >> ran']],
])(
  'row 9: a command for tokens that %s is run once for the turn, told, and nothing is sent without a token',
  async (_what, args) => {
    await using bench = await startTestEngine({ requestMaxRetries: 2 });
    const probe = await bench.client();
    const threadId = await probe.thread({
      config: {
        'model_providers.mine.name': 'Mine',
        'model_providers.mine.base_url': bench.upstream.url.href,
        'model_providers.mine.auth': { command: 'sh', args, cwd: bench.home },
        model_provider: 'mine',
      },
    });
    await probe.turn(threadId, 'Hi');

    expect(await turnEnded(probe)).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('sh') as unknown, codexErrorInfo: 'unauthorized' },
    });
    expect(bench.upstream.requests).toEqual([]);
    // The list of models needs the token, too, and at the same time.
    expect(await readFile(join(bench.home, 'ran'), 'utf8')).toBe('x\n');
  },
);

test('row 10: two buckets of limits in one answer are two notifications, each told once', async () => {
  const headers = {
    'x-codex-primary-used-percent': '12.5',
    'x-codex-primary-window-minutes': '300',
    'x-codex-other-primary-used-percent': '70',
    'x-codex-other-limit-name': 'Other',
  };
  await using bench = await startTestEngine({
    scripts: [
      [
        { head: { status: 200, headers } },
        {
          events: [
            {
              type: 'codex.rate_limits',
              metered_limit_name: 'codex_other',
              rate_limits: { primary: { used_percent: 71 } },
            },
            ...messageAnswer('Hello'),
          ],
        },
      ],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await turnEnded(probe);

  const told = probe.all('account/rateLimits/updated').map(({ rateLimits }) => {
    const { limitId, limitName, primary } = rateLimits as Fields;
    return [limitId, limitName, (primary as Fields)['usedPercent']];
  });
  expect(told).toEqual([
    ['codex', null, 13],
    ['codex_other', 'Other', 71],
  ]);
});

test('row 11: a model that calls itself by another name raises no alarm about security', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ head: { status: 200, headers: { 'openai-model': 'test-model-2026-01-01' } } }, ...hello],
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');
  await turnEnded(probe);

  expect(probe.all('warning')).toEqual([]);
  expect(JSON.stringify(probe.messages)).not.toMatch(/cyber|flagged/iu);
});

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
