import { expect, test } from 'vitest';

import { AnswerBound } from './answerBound.ts';

test('an answer may be as long as its bound, in however many events, and not one character longer', () => {
  const bound = new AnswerBound(1_000);
  for (let count = 0; count < 100; count += 1) expect(bound.take('ten signs.')).toBe('ten signs.');

  expect(() => bound.take('!')).toThrow(
    expect.objectContaining({ code: 'streamTooLarge', retryable: false }) as Error,
  );
});
