import { expect, test } from 'vitest';

import { quietWish } from './quietWish.ts';

test.for([
  ['be quiet', true],
  ['Please be quiet.', true],
  ['Okay, Parley, stay silent please!', true],
  ['Could you please be quiet?', true],
  ['Hush!', true],
  ['Stop talking.', true],
  ['Speak again', false],
  ['You can talk again now?', undefined],
  ['You can speak again.', false],
  ['Okay, speak again, please.', false],
  ['Stop being quiet', false],
  ['Quiet off', false],
  ['Say: be quiet', undefined],
  ['Why did he say be quiet?', undefined],
  ['Be quiet for ten minutes', undefined],
  ['It is quiet here.', undefined],
  ['Do not be quiet', undefined],
  ['', undefined],
] as const)('"%s" is the wish: %s', ([words, wish]) => {
  expect(quietWish(words)).toBe(wish);
});
