import { expect, test } from 'vitest';

import type { RealtimeTimelineItem } from '../protocol/index.ts';
import { TranscriptSegments } from './transcriptSegments.ts';

type Told = { readonly method: string; readonly id: string };

class Harness {
  readonly kept: RealtimeTimelineItem[] = [];
  readonly told: Told[] = [];
  readonly segments: TranscriptSegments;
  #ids = 0;

  constructor(knownIds: readonly string[] = []) {
    this.segments = new TranscriptSegments({
      threadId: 't',
      realtimeSessionId: 's',
      knownIds,
      newId: () => `new_${(this.#ids += 1)}`,
      notify: (method, params) => {
        const { item, itemId } = params as { item?: { id: string }; itemId?: string };
        this.told.push({
          method: method.replace('thread/realtime/item/', ''),
          id: item?.id ?? itemId ?? '',
        });
      },
      keep: (item) => {
        this.kept.push(item);
      },
    });
  }
}

const line = (itemId: string): { lineId: string; itemId: string } => ({ lineId: itemId, itemId });
const unnamed = { lineId: 'line_1', itemId: undefined };

test('a spoken line has the id of the provider’s item, live and kept', () => {
  const { segments, told, kept } = new Harness();

  const ids = [
    segments.delta(line('item_7'), 'assistant', 'Hel'),
    segments.done(line('item_7'), 'assistant', 'Hello'),
  ];

  expect(ids).toEqual(['item_7', 'item_7']);
  expect(told).toEqual([
    { method: 'started', id: 'item_7' },
    { method: 'transcript/delta', id: 'item_7' },
    { method: 'completed', id: 'item_7' },
  ]);
  expect(kept).toMatchObject([{ id: 'item_7', text: 'Hello' }]);
});

test('a typed line has the id its client gave it, or a new one', () => {
  const { segments, kept } = new Harness();

  expect(segments.claim('mine')).toBe(true);
  segments.typed('one', 'mine');
  segments.typed('two', undefined);

  expect(kept).toMatchObject([
    { id: 'mine', text: 'one', typed: true },
    { id: 'new_1', text: 'two', typed: true },
  ]);
});

test.for([
  { name: 'was claimed before', act: (): void => undefined, known: [], first: true },
  {
    name: 'is a spoken line’s',
    act: ({ segments }: Harness): string => segments.delta(line('id'), 'user', 'x'),
    known: [],
    first: false,
  },
  {
    name: 'is in the thread from earlier',
    act: (): void => undefined,
    known: ['id'],
    first: false,
  },
])('an id that $name cannot be claimed', ({ act, known, first }) => {
  const harness = new Harness(known);
  act(harness);

  expect(harness.segments.claim('id')).toBe(first);
  expect(harness.segments.claim('id')).toBe(false);
});

test('an item id that an earlier session used up stands for a new line, under one new id', () => {
  const { segments, kept } = new Harness(['item_1']);

  const id = segments.delta(line('item_1'), 'user', 'again');
  segments.done(line('item_1'), 'user', 'again and again');

  expect(id).toBe('new_1');
  expect(kept).toMatchObject([{ id: 'new_1', text: 'again and again' }]);
});

test('a repeated final text, and one that comes after a failure, change nothing', () => {
  const { segments, kept, told } = new Harness();
  segments.done(line('a'), 'user', 'words');
  segments.failed(line('b'), 'not understood');
  const before = told.length;

  const ids = [
    segments.done(line('a'), 'user', 'other words'),
    segments.done(line('b'), 'user', 'late'),
    segments.failed(line('a'), 'late failure'),
  ];

  expect(ids).toEqual(['a', 'b', 'a']);
  expect(told).toHaveLength(before);
  expect(kept).toMatchObject([
    { id: 'a', text: 'words' },
    { id: 'b', text: '', failure: 'not understood' },
  ]);
});

test('how far a line was heard is kept, whether it comes before its final text or after', () => {
  const { segments, kept } = new Harness();
  segments.delta(line('a'), 'assistant', 'One two');
  segments.heard('a', 400);
  segments.done(line('a'), 'assistant', 'One two three');
  segments.done(line('b'), 'assistant', 'Four');
  segments.heard('b', 90);
  segments.heard('nobody', 1);

  expect(kept).toMatchObject([
    { id: 'a', text: 'One two three', heardMs: 400 },
    { id: 'b', text: 'Four' },
    { id: 'b', text: 'Four', heardMs: 90 },
  ]);
});

test('the next connection names its lines anew', () => {
  const { segments, kept } = new Harness();
  segments.delta(unnamed, 'user', 'cut o');
  segments.close();
  segments.done(unnamed, 'user', 'whole');

  expect(kept).toMatchObject([
    { id: 'new_1', text: 'cut o' },
    { id: 'new_2', text: 'whole' },
  ]);
});
