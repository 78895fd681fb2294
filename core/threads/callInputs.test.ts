import { expect, test } from 'vitest';

import type { ModelEvent, ResponseItem } from '../model/index.ts';
import { fileTools } from '../tools/index.ts';
import { saying, type ScriptedAnswer, startThread } from './testing/index.ts';

const PATCH =
  '*** Begin Patch\n*** Add File: notes/today.txt\n+one\n+two\n+three\n*** Update File: a.txt\n@@\n-x\n+y\n*** End Patch\n';

/** Writes a patch in pieces of 20 characters; `end` is what comes behind them. */
function writing(end: (item: ResponseItem) => ModelEvent | Error): ScriptedAnswer {
  const item = { type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: '' } as const;
  return async function* write() {
    yield { type: 'itemAdded', itemId: 'i', item };
    for (const delta of PATCH.match(/[\s\S]{1,20}/gu) ?? []) {
      yield { type: 'callInputDelta', itemId: 'i', delta };
    }
    const last = end({ ...item, input: PATCH });
    if (last instanceof Error) throw last;
    yield last;
    yield { type: 'completed', responseId: 'r', usage: undefined, endTurn: undefined };
  };
}

const tools = (takesFreeText: boolean) =>
  fileTools({ takesFreeText }).toolsFor({ model: 'm', environments: [] });

test('a patch is shown while it is written, more than once before its item is started', async () => {
  const bench = startThread({
    tools: tools(true),
    answers: [writing((item) => ({ type: 'itemDone', itemId: 'i', item })), saying('Done')],
  });
  const { id } = bench.say('Hi');
  await bench.ended(id);

  const updates = bench.told.filter(({ method }) => method === 'item/fileChange/patchUpdated');
  expect(updates.length).toBeGreaterThanOrEqual(2);
  expect(updates.at(-1)?.params).toEqual({
    threadId: 'thread',
    turnId: id,
    itemId: 'c',
    changes: [
      { path: 'notes/today.txt', kind: { type: 'add' }, diff: 'one\ntwo\nthree\n' },
      { path: 'a.txt', kind: { type: 'update', move_path: null }, diff: '@@\n-x\n+y\n' },
    ],
  });
});

test.for([
  [
    'breaks off',
    (item: ResponseItem): ModelEvent => ({ type: 'itemInterrupted', itemId: 'i', item }),
    true,
  ],
  [
    'is taken as a function',
    (item: ResponseItem): ModelEvent => ({ type: 'itemDone', itemId: 'i', item }),
    false,
  ],
] as const)('a patch that %s is not shown to its end', async ([, end, takesFreeText]) => {
  const bench = startThread({
    tools: tools(takesFreeText),
    answers: [writing(end), saying('Done')],
  });
  const { id } = bench.say('Hi');
  await bench.ended(id);

  const updates = bench.told.filter(({ method }) => method === 'item/fileChange/patchUpdated');
  expect(updates.some(({ params }) => JSON.stringify(params).includes('three'))).toBe(false);
});
