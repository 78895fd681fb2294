import { expect, test } from 'vitest';

import {
  messageAnswer,
  modelError,
  startBench,
  untilEnded,
  type UpstreamStep,
} from '../testing/index.ts';

const answer: readonly UpstreamStep[] = [{ events: messageAnswer('back again') }];
const SECOND = 1000;

/** What a request meets whose server is away. */
const away: readonly [name: string, script: readonly UpstreamStep[]][] = [
  ['502 of a proxy', [{ head: { status: 502 } }]],
  ['503 of a proxy', [{ head: { status: 503 } }]],
  ['500', [{ head: { status: 500 } }]],
  ['a connection that is reset', [{ cut: true }]],
];

test.for(away)(
  'an outage of five seconds, seen as %s, does not end the turn',
  async ([, script]) => {
    await using bench = await startBench([...Array.from({ length: 6 }, () => script), answer]);
    const beganMs = bench.clock.nowMs();
    const sampling = bench.sample();

    expect(await untilEnded(bench, sampling, 20)).toBeUndefined();
    expect(bench.clock.nowMs() - beganMs).toBeGreaterThan(5 * SECOND);
  },
);

test.for(away)(
  'half a minute is given to a server that is away, seen as %s',
  async ([, script]) => {
    await using bench = await startBench([script]);
    const beganMs = bench.clock.nowMs();

    modelError(await untilEnded(bench, bench.sample(), 20));
    expect(bench.clock.nowMs() - beganMs).toBeGreaterThan(30 * SECOND);
  },
);

test('a stream that broke gives its repeat a new budget for requests', async () => {
  const broken: readonly UpstreamStep[] = [
    { events: messageAnswer('x').slice(0, 1) },
    { cut: true },
  ];
  const bad: readonly UpstreamStep[] = [{ head: { status: 502 } }];
  await using bench = await startBench([bad, broken, bad, answer], {
    requestMaxRetries: 1,
    streamMaxRetries: 1,
  });

  expect(await untilEnded(bench, bench.sample(), 20)).toBeUndefined();
});

test('budgets of nothing mean once', async () => {
  await using bench = await startBench([[{ head: { status: 502 } }]], {
    requestMaxRetries: 0,
    streamMaxRetries: 0,
  });

  modelError(await untilEnded(bench, bench.sample(), 20));
  expect(bench.upstream.requests).toHaveLength(1);
});

const overloaded = { error: { code: 'server_is_overloaded', message: 'Busy.' } };

test.for<[name: string, script: readonly UpstreamStep[]]>([
  ['a status', [{ head: { status: 503 } }, { bytes: JSON.stringify(overloaded) }]],
  ['a failed response', [{ events: [{ type: 'response.failed', response: overloaded }] }]],
])(
  'an overloaded server, told as %s, is asked again, and not more often than the stream may',
  async ([, script]) => {
    await using bench = await startBench([script, answer], { streamMaxRetries: 2 });
    expect(await untilEnded(bench, bench.sample(), 20)).toBeUndefined();

    await using full = await startBench([script], { streamMaxRetries: 2 });
    expect(modelError(await untilEnded(full, full.sample(), 20)).info).toBe('serverOverloaded');
    expect(full.upstream.requests).toHaveLength(3);
  },
);

test('an answer that a filter stopped is asked for again, with a word on what happened', async () => {
  const incomplete_details = { reason: 'content_filter' };
  const filtered = { type: 'response.incomplete', response: { id: 'resp_1', incomplete_details } };
  await using bench = await startBench([
    [{ events: [...messageAnswer('bad words').slice(0, 3), filtered] }],
    answer,
  ]);
  const sampling = bench.sample();

  expect(await untilEnded(bench, sampling, 20)).toBeUndefined();
  const { body } = await bench.upstream.request(2);
  expect(body).toMatchObject({
    input: [
      { role: 'user' },
      { role: 'developer', content: [{ text: expect.stringContaining('filter') as unknown }] },
    ],
  });
});
