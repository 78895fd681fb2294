import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { SentenceCutter, sentencesOf } from './index.ts';

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
  ['a refusal', ['No.', ' That', ' is it.'], ['No.', ' That is it.']],
  ['a refusal before who knows what', ['No. '], ['No. ']],
  ['the number of something', ['See No.', ' 5. Then'], ['See No. 5.', ' Then']],
])('%s is cut where a voice can begin, and nothing is lost', (_what, pieces, sentences) => {
  expect(cut(...pieces)).toEqual(sentences);
});

test.for<readonly [...sentences: string[]]>([
  ['No.', ' It is 3.', ' That is all.'],
  ['3.', ' Then 4.'],
  ['No!', ' "No."', ' Yes?'],
  ['See no. 5 and nos. 6 and 7.', ' Fig. 2 says so.'],
  ['Mr. and Mrs. J. K. Smith, e.g. at 5 p.m. today.', ' Cats, dogs, etc.', ' And so on.'],
  ['J. Smith came.', ' So do I.', ' Now solve for x.', ' And y.'],
  ['Bonjour M. Dupont.', ' Oui.'],
  ['We met approx. five of them at Acme Inc. in May.', ' Acme Inc.', ' It is.'],
  ['日本語です。', 'はい。'],
  ['नमस्ते।', ' हाँ।'],
  ['هل أنت هنا؟', ' نعم۔'],
  ['So...', ' what?', ' Well…', ' Yes.'],
])('a text is the sentences %j', (sentences) => {
  const text = sentences.join('');
  expect(cut(...Array.from(text)).filter((piece) => piece !== '')).toEqual(sentences);
  expect(sentencesOf(`${text} `).map((piece) => piece.trimEnd())).toEqual(
    sentences.map((sentence) => sentence.trimStart()),
  );
});

test('a sentence without an end is begun from its last clause, or word', () => {
  const clause = `${'word '.repeat(30)}then, ${'word '.repeat(30)}`;
  const [first, second] = cut(clause);
  expect(first).toBe(`${'word '.repeat(30)}then,`);
  expect(`${first}${second}`).toBe(clause);

  const unbroken = 'x'.repeat(500);
  expect(cut(unbroken).map(({ length }) => length)).toEqual([240, 240, 20]);
});

test.for(['etc. ', 'J. ', 'by 9 p.m. ', 'Dr. ', '. '])(
  'a sentence that goes on behind each of its points, %j, is not waited for without an end',
  (words) => {
    const pieces = Array.from({ length: 200 }, () => words);
    const sentences = cut(...pieces);

    expect(Math.max(...sentences.map(({ length }) => length))).toBeLessThanOrEqual(240);
    expect(sentences.join('')).toBe(pieces.join(''));
  },
);

test('whatever comes in, in whatever pieces, goes out again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { maxLength: 8 }),
      (pieces) => {
        expect(cut(...pieces).join('')).toBe(pieces.join(''));
        expect(sentencesOf(pieces.join('')).join('')).toBe(pieces.join(''));
      },
    ),
    { numRuns: 100 },
  );
});
