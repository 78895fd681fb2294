import { expect, test } from 'vitest';

import { audioDeltaFrame, markOf, microphoneChunk, numberIn } from './audio.ts';

test.for([0, 1, 255, 256, 19_999])('sound number %i is known by its number wherever it is', (n) => {
  const line = JSON.stringify({ id: 7, ...microphoneChunk(n) });
  const frame = audioDeltaFrame(n).toString('latin1');

  expect([numberIn(line), numberIn(frame)]).toEqual([n, n]);
  expect(frame).toContain(markOf(n));
  expect(frame).not.toContain(markOf(n + 1));
});

test('text without numbered sound in it is no sound', () => {
  expect(() => numberIn('{"data":"AAAA"}')).toThrow('No numbered sound');
});
