import process from 'node:process';

import { expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer, type UpstreamEvent } from '../../model/testing/index.ts';
import { completedItems, startTestEngine, timedOut, turnEnded } from '../../testing/index.ts';

const reasoning = (type: string, fields: object): UpstreamEvent => ({
  type: `response.reasoning_${type}`,
  item_id: 'rs_1',
  output_index: 0,
  ...fields,
});
const HUGE = 50_000_000;

test.each<[name: string, event: UpstreamEvent]>([
  ['summary', reasoning('summary_text.delta', { summary_index: HUGE, delta: 'x' })],
  ['part of a summary', reasoning('summary_part.added', { summary_index: HUGE })],
  ['content', reasoning('text.delta', { content_index: HUGE, delta: 'x' })],
])('an index of 5e7 in a %s costs nothing but its event', async (_name, event) => {
  await using bench = await startTestEngine({
    scripts: [[{ events: [event, ...messageAnswer('Here I am')] }]],
  });
  const probe = await bench.client();
  const before = process.memoryUsage().rss;
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'agentMessage')).toMatchObject([{ text: 'Here I am' }]);
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});

const switching = { head: { status: 101, headers: { connection: 'upgrade', upgrade: 'tea' } } };

test('an answer of HTTP 101 ends the turn within the budget', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock, scripts: [[switching, { stall: true }]] });
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await timedOut(clock, probe, 1, 100)).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('changed the protocol') as unknown },
  });
});
