import { expect, test } from 'vitest';

import { decodePcm } from '../../media/index.ts';
import { AudioOutbox } from './outbox.ts';

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
