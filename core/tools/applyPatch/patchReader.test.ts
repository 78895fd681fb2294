import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { PatchError } from './errors.ts';
import { PatchReader, readPatch } from './patchReader.ts';

const inPatch = (...lines: string[]): string =>
  ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

const WHOLE = inPatch(
  '*** Add File: notes.txt',
  '+one',
  '+',
  '*** Delete File: old.txt',
  '*** Update File: src/a.ts',
  '*** Move to: src/b.ts',
  '@@ class A',
  '@@ method()',
  ' keep',
  '-gone',
  '+here',
  '',
  '@@',
  '+last',
  '*** End of File',
);
const HUNKS = [
  { kind: 'add', path: 'notes.txt', lines: ['one', ''] },
  { kind: 'delete', path: 'old.txt' },
  {
    kind: 'update',
    path: 'src/a.ts',
    moveTo: 'src/b.ts',
    chunks: [
      {
        contexts: ['class A', 'method()'],
        lines: [
          { kind: 'keep', text: 'keep' },
          { kind: 'remove', text: 'gone' },
          { kind: 'add', text: 'here' },
          { kind: 'keep', text: '' },
        ],
        isAtEnd: false,
      },
      { contexts: [], lines: [{ kind: 'add', text: 'last' }], isAtEnd: true },
    ],
  },
];

describe('what is no patch is refused in words that say where', () => {
  test.for<{ name: string; patch: string; words: string }>([
    { name: 'nothing', patch: '', words: "The first line of the patch must be '*** Begin Patch'" },
    { name: 'other text', patch: 'hello', words: 'The first line of the patch must be' },
    {
      name: 'a patch without its end',
      patch: '*** Begin Patch\n*** Add File: a\n+x',
      words: "invalid patch: The last line of the patch must be '*** End Patch'",
    },
    {
      name: 'words behind its end',
      patch: `${inPatch('*** Delete File: a')}\nthanks`,
      words: 'The last line of the patch must be',
    },
    { name: 'a patch of nothing', patch: inPatch(), words: 'invalid patch: it changes nothing' },
    {
      name: 'a header that is none',
      patch: inPatch('*** Add File: a', '+x', '*** Frob File: b'),
      words: "invalid hunk at line 4, '*** Frob File: b' is not a valid hunk header.",
    },
    {
      name: 'a header without a path',
      patch: inPatch('*** Add File:  '),
      words: 'invalid hunk at line 2',
    },
    {
      name: 'a line without its sign in a new file',
      patch: inPatch('*** Add File: a', '+x', 'y'),
      words: "invalid hunk at line 4, 'y' is not a valid hunk header.",
    },
    {
      name: 'a line without its sign in a changed one',
      patch: inPatch('*** Update File: a', '@@', 'x'),
      words: "invalid hunk at line 4, 'x' begins with none of",
    },
    {
      name: 'a move that changes no line',
      patch: inPatch('*** Update File: a', '*** Move to: b'),
      words: "invalid hunk at line 2, Update file hunk for path 'a' is empty",
    },
    {
      name: 'a place without lines',
      patch: inPatch('*** Update File: a', '@@ x', '*** Delete File: b'),
      words: "invalid hunk at line 2, Update file hunk for path 'a' is empty",
    },
    {
      name: 'lines behind the end of the file',
      patch: inPatch('*** Update File: a', '+x', '*** End of File', '+y'),
      words: "invalid hunk at line 5, '+y' stands behind the end of the file",
    },
    {
      name: 'a second new name',
      patch: inPatch('*** Update File: a', '*** Move to: b', '*** Move to: c', '+x'),
      words: 'invalid hunk at line 2',
    },
  ])('$name', ({ patch, words }) => {
    expect(() => readPatch(patch)).toThrow(words);
  });
});

test('a patch is read into its hunks', () => {
  expect(readPatch(WHOLE)).toEqual(HUNKS);
});

test.for([
  ['blanks around the markers', WHOLE.replace('*** Begin Patch', '  *** Begin Patch  ')],
  ['lines that end as on Windows', WHOLE.replaceAll('\n', '\r\n')],
  ['a document of the shell', `<<EOF\n${WHOLE}\nEOF\n`],
  ['a quoted one', `<<'PATCH'\n${WHOLE}\nPATCH`],
  ['one in double quotes', `<<"EOF"\n${WHOLE}\nEOF`],
] as const)('%s change nothing', ([, patch]) => {
  expect(readPatch(patch)).toEqual(HUNKS);
});

test('while it is written, a hunk is there with its header, and has the lines that are complete', () => {
  const reader = new PatchReader();
  reader.push('*** Begin Patch\n*** Add File: a\n+on');
  expect(reader.soFar).toEqual([{ kind: 'add', path: 'a', moveTo: undefined, diff: '' }]);
  reader.push('e\n+two\n*** Update File: b\n*** Move to: c\n@@ x\n-y\n');
  expect(reader.soFar).toEqual([
    { kind: 'add', path: 'a', moveTo: undefined, diff: 'one\ntwo\n' },
    { kind: 'update', path: 'b', moveTo: 'c', diff: '@@ x\n-y\n' },
  ]);
});

test('wherever its text is cut, it says the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (sizes) => {
      const reader = new PatchReader();
      let rest = WHOLE;
      for (const size of sizes) {
        reader.push(rest.slice(0, size));
        rest = rest.slice(size);
      }
      reader.push(rest);
      expect(reader.end()).toEqual(HUNKS);
    }),
  );
});

test('no text at all breaks the reader otherwise than by a refusal', () => {
  const piece = fc.constantFrom(
    '*** Begin Patch',
    '*** End Patch',
    '*** Add File: a',
    '*** Update File: b',
    '@@',
    '@@ x',
    '*** Move to: c',
    '*** End of File',
    '+',
    '-x',
    ' y',
    '',
    '<<EOF',
    'EOF',
    'z',
    '*** ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (lines) => {
      let refusal: unknown;
      try {
        readPatch(lines.join('\n'));
      } catch (error) {
        refusal = error;
      }
      expect(refusal === undefined || refusal instanceof PatchError).toBe(true);
    }),
  );
});
