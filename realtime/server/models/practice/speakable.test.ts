import { expect, test } from 'vitest';

import { speakable } from './speakable.ts';

test.for([
  ['That has **3** words.\n\n> one two three', 'That has 3 words.'],
  [
    '*Quietly*: see `ls -l` and [the page](https://example.org/x).',
    'Quietly: see ls -l and the page.',
  ],
  ['## Result\n\n- first\n- second\n\n1. third', 'Result first second third'],
  ['Before\n\n```sh\nrm -rf x\n```\n\nafter', 'Before after'],
  ['| a | b |\n| - | - |\n| 1 | 2 |\n\nDone.', 'Done.'],
  ['snake_case and 2 * 3 * 4 stay', 'snake_case and 2 * 3 * 4 stay'],
  ['> only a quotation', '> only a quotation'],
  ['Done.\n\n*A remark in small print.*', 'Done.'],
  ['plain words', 'plain words'],
] as const)('%j is said as %j', ([markdown, spoken]) => {
  expect(speakable(markdown)).toBe(spoken);
});
