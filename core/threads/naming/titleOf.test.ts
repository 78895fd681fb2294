import { expect, test } from 'vitest';

import { titleOf } from './titleOf.ts';

test.for<[string[], string | undefined]>([
  [[], undefined],
  [['Hi'], undefined],
  [['Um, hello!', 'ok'], undefined],
  [['Hi', 'hey', 'hm'], 'Hi'],
  [['Hello. Could you please list the primes up to thirty?'], 'List the primes up to thirty'],
  [['hello', 'uh, what is the weather in Oslo?'], 'What is the weather in Oslo'],
  [['Hello there, how are you?'], 'How are you'],
  [['So well okay'], undefined],
  [['Welcome letter for new colleagues'], 'Welcome letter for new colleagues'],
  [['Bonjour, peux-tu traduire cette lettre ?'], 'Traduire cette lettre'],
  [['ähm also könntest du meine Rechnung prüfen'], 'Meine Rechnung prüfen'],
  [['# Plan\n\nWe want to…'], 'We want to'],
  [['**Refactor** the parser'], 'Refactor the parser'],
  [['Rename `start` to "*begin*", please'], 'Rename start to "begin", please'],
  [['What is 6 * 7?'], 'What is 6 * 7'],
  [['What is 6*7?'], 'What is 6*7'],
  [['* buy milk'], 'Buy milk'],
  [['今天天气怎么样？谢谢'], '今天天气怎么样'],
  [['mathematics'], 'Mathematics'],
  [['éclair recipe'], 'Éclair recipe'],
  [['   \n\n '], undefined],
])('%j make the title %j', ([words, title]) => {
  expect(titleOf(words)).toBe(title);
});

test('a title ends with a word, and one that is a single long word is cut', () => {
  const long = titleOf([`Tell me about ${'antidisestablishmentarianism '.repeat(9)}`]);

  expect(long).toBe('Tell me about antidisestablishmentarianism…');
  expect(titleOf(['x'.repeat(500)])).toBe(`X${'x'.repeat(59)}…`);
});
