import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  callAnswer,
  halfAnswer,
  messageAnswer,
  startScriptedUpstream,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import {
  asked,
  askingScripts,
  COLOUR,
  looseItems,
  startTestEngine,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hello: readonly UpstreamStep[] = [{ events: messageAnswer('Hello') }];

const byHttp = [[{ events: messageAnswer('by HTTP') }]];

test('an empty start is a turn that ends, a start on a busy thread names the running turn', async () => {
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

test('two buckets of limits in one answer are two notifications, each told once', async () => {
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

test('a model that calls itself by another name raises no alarm about security', async () => {
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

test('an interrupt ends the tool that runs, and the model is told', async () => {
  await using bench = await startTestEngine({ scripts: [...askingScripts(COLOUR)] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Paint it');
  await asked(probe);
  await probe.call('turn/interrupt', { threadId, turnId: '' });
  expect(await turnEnded(probe)).toMatchObject({ status: 'interrupted' });
  await probe.notification('serverRequest/resolved');
  expect(looseItems(probe)).toEqual([]);

  await probe.turn(threadId, 'And now?');
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).slice(-3)).toEqual([
    'function_call_output: Stopped by the user before it finished.',
    expect.stringContaining('The user stopped this turn'),
    'user: And now?',
  ]);
});

test('silence about limits is told as silence, and usage once per answer', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: callAnswer({ name: 'update_plan', arguments: { plan: [] }, callId: 'c1' }) }],
      hello,
    ],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Hi');
  await turnEnded(probe);
  await probe.turn(threadId, 'Again');
  await turnEnded(probe, 2);

  expect(probe.all('account/rateLimits/updated')).toEqual([]);
  expect(probe.all('thread/tokenUsage/updated')).toHaveLength(3);
});

test('a list of models that never comes holds up neither the thread nor its turns', async () => {
  const clock = new ManualClock();
  // The first request of the thread may be for the list; it is the turn's that is answered.
  await using upstream = await startScriptedUpstream([[{ stall: true }], ...byHttp]);
  await using bench = await startTestEngine({
    clock,
    provider: `[model_providers.listed]
name = "Listed"
base_url = "${upstream.url.href}"
auth = { command = "echo", args = ["token"] }`,
  });
  const probe = await bench.client();
  const threadId = await probe.thread({ modelProvider: 'listed' });
  const first = await upstream.request(1);
  expect([first.method, first.path.split('?')[0]]).toEqual(['GET', '/v1/models']);
  await probe.turn(threadId, 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(clock.nowMs()).toBe(new ManualClock().nowMs());
});

test('a tool that does not exist is answered to the model, and people are told', async () => {
  await using bench = await startTestEngine({
    scripts: [
      [{ events: callAnswer({ name: 'teleport', arguments: {}, callId: 'c1' }) }],
      ...byHttp,
    ],
  });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Go');
  await turnEnded(probe);

  expect(JSON.stringify(probe.all('warning'))).toContain('teleport');
  const { body } = await bench.upstream.request(2);
  expect(toldToModel(body).at(-1)).toContain('teleport');
});
