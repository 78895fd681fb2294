import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  completedItems,
  looseItems,
  type RpcProbe,
  startTestEngine,
  timedOut,
  toldToModel,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const retrying = (times: number) => ({
  config: { 'model_providers.scripted.stream_max_retries': times },
});
const answer: readonly UpstreamStep[] = [{ events: messageAnswer('Half a loaf') }];

/** Breaks in the middle of its message, which has the same id in every attempt. */
const broken = (text = 'Half a loaf'): readonly UpstreamStep[] => [
  { events: messageAnswer(text).slice(0, 3) },
  { cut: true },
];

/** The messages of the agent that the thread keeps. */
async function kept(probe: RpcProbe, threadId: string): Promise<readonly unknown[]> {
  const read = await probe.call('thread/read', { threadId, includeTurns: true });
  const { turns } = read['thread'] as { readonly turns: readonly { readonly items: Fields[] }[] };
  return turns
    .flatMap(({ items }) => items)
    .filter(({ type }) => type === 'agentMessage')
    .map(({ text, interrupted }) => ({ text, interrupted: interrupted === true }));
}

describe('an answer that breaks again and again', () => {
  test('leaves nothing of its attempts in the thread once one of them is whole', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({
      clock,
      scripts: [broken(), broken(), broken('Other words came'), answer],
    });
    const probe = await bench.client();
    const threadId = await probe.thread(retrying(5));
    await probe.turn(threadId, 'Tell me');

    expect(await timedOut(clock, probe)).toMatchObject({ status: 'completed' });
    expect(await kept(probe, threadId)).toEqual([{ text: 'Half a loaf', interrupted: false }]);
    expect(looseItems(probe)).toEqual([]);
    await probe.turn(threadId, 'And?');
    const { body } = await bench.upstream.request(5);
    expect(toldToModel(body).slice(-3)).toEqual([
      'user: Tell me',
      'assistant: Half a loaf',
      'user: And?',
    ]);
  });

  test('leaves one interrupted message when none of them is', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({
      clock,
      scripts: [broken(), broken(), broken('Other words came')],
    });
    const probe = await bench.client();
    const threadId = await probe.thread(retrying(3));
    await probe.turn(threadId, 'Tell me');

    expect(await timedOut(clock, probe)).toMatchObject({ status: 'failed' });
    expect(await kept(probe, threadId)).toEqual([{ text: 'Other ', interrupted: true }]);
    expect(looseItems(probe)).toEqual([]);
    await probe.turn(threadId, 'And?');
    const { body } = await bench.upstream.request(5);
    expect(toldToModel(body).filter((line) => line.startsWith('assistant'))).toEqual([
      'assistant: Other ',
    ]);
  });

  test('leaves what it had said when the repeats do not even begin', async () => {
    const clock = new ManualClock();
    await using bench = await startTestEngine({
      clock,
      scripts: [broken(), [{ head: { status: 400 } }]],
    });
    const probe = await bench.client();
    const threadId = await probe.thread(retrying(3));
    await probe.turn(threadId, 'Tell me');

    expect(await timedOut(clock, probe)).toMatchObject({ status: 'failed' });
    expect(await kept(probe, threadId)).toEqual([{ text: 'Half ', interrupted: true }]);
    expect(completedItems(probe, 'agentMessage')).toMatchObject([
      { text: 'Half ', interrupted: true },
    ]);
  });
});

test('a server that names its items alike in every answer has each of them shown on its own', async () => {
  const plan = { type: 'function_call', id: 'item_0', call_id: 'c1', name: 'update_plan' };
  const first: readonly UpstreamStep[] = [
    {
      events: [
        ...messageAnswer('Let me look.', { response: 'r', item: 'item_0' }).slice(0, -1),
        {
          type: 'response.output_item.done',
          output_index: 0,
          item: { ...plan, arguments: '{"plan":[]}' },
        },
        { type: 'response.completed', response: { id: 'r' } },
      ],
    },
  ];
  await using bench = await startTestEngine({
    clock: new ManualClock(),
    scripts: [first, [{ events: messageAnswer('Found.', { response: 'r', item: 'item_0' }) }]],
  });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Look');
  await probe.notification('turn/completed');

  expect(await kept(probe, threadId)).toMatchObject([{ text: 'Let me look.' }, { text: 'Found.' }]);
  expect(looseItems(probe)).toEqual([]);
});
