import { createServer } from 'node:http';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { listenOnLoopback } from '../../platform/testing/index.ts';
import {
  type RpcProbe,
  startModelServer,
  startTestEngine,
  type TestEngine,
  turnEnded,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const clock = new ManualClock();
const dayIn = (days: number): string =>
  new Date(clock.nowMs() + days * DAY_MS).toISOString().slice(0, 10);
const near = dayIn(30);

const ENDING = /^old-(?:text|voice) ends on .*, in (?:29|30) days; set \w+ to another model\.$/u;

/** An engine whose provider lists models with the days of their ends. */
async function withEnds(
  data: readonly Fields[],
  run: (bench: TestEngine) => Promise<void>,
): Promise<void> {
  await using server = await startModelServer(() => ({ status: 200, body: { data } }));
  await using bench = await startTestEngine({
    clock,
    modelProvider: 'mine',
    config: `experimental_realtime_ws_model = "old-voice"
[realtime]
transcription_model = "late-words"`,
    overrides: ['model="old-text"'],
    provider: `[model_providers.mine]\nbase_url = "${server.baseUrl}"`,
  });
  await run(bench);
}

const LIST = [
  { id: 'old-text', shutdown_date: near },
  { id: 'old-voice', shutdown_date: near },
  { id: 'late-words', shutdown_date: dayIn(90) },
  { id: 'lasting', shutdown_date: null },
];

const noticesOf = (probe: RpcProbe): readonly unknown[] =>
  probe.all('deprecationNotice').map(({ summary }) => summary);

test('the list of models has the day each of them ends, and nothing of those that stay', async () => {
  await withEnds(LIST, async (bench) => {
    const probe = await bench.client();
    const { data } = await probe.call('model/list', {});
    const days = (data as Fields[]).map((model) => [model['model'], model['shutdownDate']]);

    expect(days).toEqual([
      ['old-text', near],
      ['old-voice', near],
      ['late-words', dayIn(90)],
      ['lasting', undefined],
    ]);
  });
});

test('who asks for the models hears once of those in use that end soon, after the answer', async () => {
  await withEnds(LIST, async (bench) => {
    const probe = await bench.client();
    await probe.call('model/list', {});
    await probe.notification('deprecationNotice', 2);
    await probe.call('model/list', {});
    await probe.call('thread/realtime/listVoices', {});

    expect(noticesOf(probe)).toEqual([
      expect.stringMatching(ENDING),
      expect.stringMatching(ENDING),
    ]);
    expect(probe.order.indexOf('answer')).toBeLessThan(probe.order.indexOf('deprecationNotice'));
  });
});

test('another client is told, too, and one that does not ask is not', async () => {
  await withEnds(LIST, async (bench) => {
    const [asking, silent] = [await bench.client(), await bench.client()];
    await asking.call('model/list', {});
    await asking.notification('deprecationNotice', 2);
    const late = await bench.client();
    await late.call('model/list', {});

    expect(await late.notification('deprecationNotice')).toMatchObject({ details: null });
    expect(noticesOf(silent)).toEqual([]);
  });
});

test.for([
  ['nonsense', 'soon'],
  ['a number', 3],
  ['a list', []],
  ['a day that does not exist', '2027-02-30'],
])('a day that is %s costs nothing but itself', async ([, shutdown_date]) => {
  await withEnds([{ id: 'old-text', shutdown_date }], async (bench) => {
    const probe = await bench.client();
    const { data } = await probe.call('model/list', {});

    expect((data as Fields[])[0]).not.toHaveProperty('shutdownDate');
    expect(noticesOf(probe)).toEqual([]);
  });
});

test('a turn whose model is gone says when it ended and what to set', async () => {
  const ended = dayIn(-3);
  const server = createServer((request, response) => {
    request.resume();
    const body =
      request.method === 'GET'
        ? { models: [{ slug: 'old-text', shutdown_date: ended, upgrade: { model: 'new-text' } }] }
        : { error: { code: 'model_not_found', message: 'No such model: old-text.' } };
    response.writeHead(request.method === 'GET' ? 200 : 404).end(JSON.stringify(body));
  });
  const { port, close } = await listenOnLoopback(server);
  await using bench = await startTestEngine({
    clock,
    modelProvider: 'mine',
    overrides: ['model="old-text"'],
    provider: `[model_providers.mine]\nname = "Mine"\nbase_url = "http://127.0.0.1:${port}/v1"`,
  });
  const probe = await bench.client();
  await probe.call('model/list', {});
  await probe.turn(await probe.thread(), 'Hi');
  const turn = await turnEnded(probe);
  await close();

  expect(turn).toMatchObject({
    status: 'failed',
    error: {
      codexErrorInfo: 'modelNotFound',
      message: expect.stringMatching(
        /No such model: old-text\. old-text ended on .*; set model to "new-text"\.$/u,
      ) as string,
    },
  });
});
