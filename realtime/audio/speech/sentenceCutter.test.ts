import { expect, test } from 'vitest';

import { SentenceCutter } from './sentenceCutter.ts';

function cut(...pieces: readonly string[]): readonly string[] {
  const cutter = new SentenceCutter();
  return [...pieces.flatMap((piece) => cutter.push(piece)), cutter.rest()];
}

test.each([
  ['a full stop at the end of what has come', ['Hello.'], ['Hello.']],
  [
    'a number that goes on',
    ['It is 3', '.', '5 metres. So', ' there'],
    ['It is 3.5 metres.', ' So there'],
  ],
  ['an abbreviation', ['Ask Dr. Smith. Now'], ['Ask Dr. Smith.', ' Now']],
  ['closing quotes', ['"Stop!" he said. Then'], ['"Stop!"', ' he said.', ' Then']],
  ['letters one by one', Array.from('Yes. Go. '), ['Yes.', ' Go.', ' ']],
  ['a list of lines', ['One\nTwo\n'], ['One\n', 'Two\n', '']],
  ['marks alone', ['... well. Yes'], ['... well.', ' Yes']],
])('%s is cut where a voice can begin, and nothing is lost', (_what, pieces, sentences) => {
  expect(cut(...pieces)).toEqual(sentences);
});

test('a sentence without an end is begun from its last clause, or word', () => {
  const clause = `${'word '.repeat(30)}then, ${'word '.repeat(30)}`;
  const [first, second] = cut(clause);
  expect(first).toBe(`${'word '.repeat(30)}then,`);
  expect(`${first}${second}`).toBe(clause);

  const unbroken = 'x'.repeat(500);
  expect(cut(unbroken).map(({ length }) => length)).toEqual([240, 240, 20]);
});
