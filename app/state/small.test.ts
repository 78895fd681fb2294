import { expect, test } from 'vitest';

import { decodePcm } from '../media/index.ts';
import { clockText, plainWords } from './conversation/index.ts';
import { createSettingsStore, readSettings } from './settings.ts';
import { groupByDay, nameByFirstWords, noThreads, withRow } from './threads/index.ts';
import { AudioOutbox } from './voice/index.ts';

const frame = (value: number): Int16Array => new Int16Array(480).fill(value);

test('the outbox keeps the last ten seconds while nobody takes audio, and counts the rest', () => {
  const sent: (number | undefined)[] = [];
  const outbox = new AudioOutbox(({ data }) => sent.push(decodePcm(data)?.[0]));
  for (let at = 0; at < 504; at += 1) outbox.push(frame(at));
  expect(sent).toEqual([]);

  outbox.open();

  expect({ first: sent[0], chunks: sent.length, dropped: outbox.droppedFrames }).toEqual({
    first: 4,
    chunks: 250,
    dropped: 4,
  });
});

test('one broken setting does not cost the others', () => {
  const storage = {
    getItem: () =>
      JSON.stringify({
        theme: 'purple',
        output: 'text',
        quiet: 'yes',
        interruption: 'key',
        microphoneId: 7,
        connection: 'pigeon',
        echoCancellation: 1,
      }),
  };

  expect(readSettings(storage)).toEqual({
    theme: 'system',
    output: 'text',
    quiet: false,
    interruption: 'key',
    microphoneId: null,
    connection: 'auto',
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    letterKeys: true,
    lastThreadId: null,
  });
});

test('settings that are not JSON are the defaults, and a change is kept', () => {
  const kept: string[] = [];
  const store = createSettingsStore({
    getItem: () => '{',
    setItem: (_key, value) => kept.push(value),
  });
  store.update((settings) => ({ ...settings, output: 'text' }));

  expect(kept.map((value): unknown => JSON.parse(value))).toMatchObject([{ output: 'text' }]);
});

test('conversations stand under the words people use for time, newest first', () => {
  const nowMs = new Date(2026, 10, 20, 12).getTime();
  const row = (id: string, hoursAgo: number) => ({
    id,
    title: id,
    updatedAtMs: nowMs - hoursAgo * 3_600_000,
  });
  const groups = groupByDay([row('c', 80), row('a', 2), row('b', 20), row('d', 900)], nowMs);

  expect(groups.map(({ label, rows }) => [label, rows.map(({ id }) => id)])).toEqual([
    ['Today', ['a']],
    ['Yesterday', ['b']],
    ['Last seven days', ['c']],
    ['Earlier', ['d']],
  ]);
});

test('a conversation is called by its first words, and keeps that name', () => {
  const fresh = withRow(noThreads, { id: 'a', title: 'New conversation', updatedAtMs: 0 });
  const named = nameByFirstWords(fresh, 'a', '  Fix   the\ntest ');

  expect(named.rows[0]?.title).toBe('Fix the test');
  expect(nameByFirstWords(named, 'a', 'Something else')).toBe(named);
});

test('late news of a conversation without a name does not take its name away', () => {
  const fresh = { id: 'a', title: 'New conversation', updatedAtMs: 1 };
  const named = nameByFirstWords(withRow(noThreads, fresh), 'a', 'Fix the test');

  expect(withRow(named, { ...fresh, updatedAtMs: 2 }).rows).toEqual([
    { id: 'a', title: 'Fix the test', updatedAtMs: 2 },
  ]);
});

test('a preview of an answer has its words and none of its marks', () => {
  expect(plainWords('# Done\n\n> *It* has **2** [words](http://x).\n- `a`')).toBe(
    'Done It has 2 words. a',
  );
});

test('elapsed time reads like a clock', () => {
  expect([34_000, 725_000, 3_723_000, -1].map(clockText)).toEqual([
    '0:34',
    '12:05',
    '1:02:03',
    '0:00',
  ]);
});
