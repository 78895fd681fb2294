import { expect, test } from 'vitest';

import { HeadAndTail, plainText, reportText } from './outputText.ts';

test.each([
  ['\u001B[31mred\u001B[0m and \u001B]8;;http://x\u0007link\u001B]8;;\u0007', 'red and link'],
  ['one\r\ntwo\r\n', 'one\ntwo\n'],
  ['10 %\r50 %\r100 %\ndone', '100 %\ndone'],
  ['bell\u0007 back\u0008 \u009B1mcsi', 'bell back csi'],
  ['tab\tstays\n', 'tab\tstays\n'],
])('%j is read as %j', (printed, plain) => {
  expect(plainText(printed)).toBe(plain);
});

test('of much the beginning and the end are kept, in pieces or in one, and how much is not is said', () => {
  const pieces = new HeadAndTail(20);
  for (let piece = 0; piece < 1000; piece += 1) pieces.append(`${piece % 10}`);
  const whole = new HeadAndTail(20);
  whole.append('0123456789'.repeat(100));

  expect(pieces.text).toBe('0123456789\n[… 980 characters are left out here …]\n0123456789');
  expect(whole.text).toBe(pieces.text);
});

test('what just fits is kept whole', () => {
  const kept = new HeadAndTail(20);
  kept.append('0123456789');
  kept.append('abcdefghij');

  expect(kept.text).toBe('0123456789abcdefghij');
});

test('the model is told no more than it asked for', () => {
  const report = reportText({
    wallTimeMs: 1_234,
    state: { type: 'running', processId: 1000 },
    output: 'x'.repeat(4_000),
    maxTokens: 10,
  });

  expect(report).toContain('Process running with session ID 1000\nOriginal token count: 1000\n');
  expect(report.length).toBeLessThan(250);
});
