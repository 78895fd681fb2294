import { expect, test } from 'vitest';

import { harmless } from './harmless.ts';

test('what hides or turns text is shown as what it is', () => {
  expect(harmless('rm \u202e fr- /\u202c')).toBe('rm \\u202e fr- /\\u202c');
  expect(harmless('a\u200bb\u0007\u001b[2J')).toBe('a\\u200bb\\u0007\\u001b[2J');
});

test('words of any language, tabs and lines stay', () => {
  expect(harmless('naïve\n\tשלום 東京 👍')).toBe('naïve\n\tשלום 東京 👍');
});
