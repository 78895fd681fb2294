import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { changedText } from './changedText.ts';
import { PatchError } from './errors.ts';
import { type PatchChunk, readPatch } from './patchReader.ts';

/** What the file becomes by these lines of an update. */
function changed(text: string, ...lines: string[]): string {
  const patch = ['*** Begin Patch', '*** Update File: f', ...lines, '*** End Patch'].join('\n');
  const [hunk] = readPatch(patch);
  return changedText('f', text, hunk?.kind === 'update' ? hunk.chunks : []);
}

describe('what has no place is refused', () => {
  test.for<{ name: string; lines: string[]; words: string }>([
    {
      name: 'a context that is nowhere',
      lines: ['@@ d', '+x'],
      words: "Failed to find context 'd' in f",
    },
    {
      name: 'lines that are nowhere',
      lines: ['-x', '-y', '+z'],
      words: 'Failed to find expected lines in f:\nx\ny',
    },
    {
      name: 'lines before those of the chunk before',
      lines: ['@@', '-c', '+C', '@@', '-a', '+A'],
      words: 'Failed to find expected lines in f:\na',
    },
    {
      name: 'lines that are not at the end',
      lines: ['-a', '+A', '*** End of File'],
      words: 'Failed to find expected lines in f:\na',
    },
    {
      name: 'lines of which only the first are there, with where they end',
      lines: [' a', ' b', '-x', '+y'],
      words: "The closest place begins in line 1: line 3 is 'c' there, and not 'x'.",
    },
    {
      name: 'lines that go on behind the end of the file',
      lines: [' c', '-x'],
      words: 'The closest place begins in line 3: the file ends in line 3.',
    },
  ])('$name', ({ lines, words }) => {
    expect(() => changed('a\nb\nc\n', ...lines)).toThrow(words);
  });
});

describe('a chunk finds its place', () => {
  test.for<{ name: string; text: string; lines: string[]; becomes: string }>([
    { name: 'by its lines', text: 'a\nb\nc\n', lines: [' a', '-b', '+B'], becomes: 'a\nB\nc\n' },
    {
      name: 'behind its context',
      text: 'f\nx\ng\nx\n',
      lines: ['@@ g', '-x', '+y'],
      becomes: 'f\nx\ng\ny\n',
    },
    {
      name: 'behind the last of several contexts',
      text: 'A\nm\nB\nm\nx\n',
      lines: ['@@ B', '@@ m', '+y'],
      becomes: 'A\nm\nB\nm\ny\nx\n',
    },
    {
      name: 'at the end of the file where it says so',
      text: 'x\ny\nx\n',
      lines: ['-x', '+z', '*** End of File'],
      becomes: 'x\ny\nz\n',
    },
    {
      name: 'whatever blanks its lines end with',
      text: 'a  \nb\n',
      lines: [' a', '-b', '+c'],
      becomes: 'a  \nc\n',
    },
    {
      name: 'however far its lines are indented',
      text: '\ta\n  b\n',
      lines: ['   a', '-b', '+  c'],
      becomes: '\ta\n  c\n',
    },
    {
      name: 'with signs of a keyboard in place of others',
      text: 'say \u201chi\u201d \u2013 it\u2019s\u00a0so\n',
      lines: ['-say "hi" - it\'s so', '+done'],
      becomes: 'done\n',
    },
    {
      name: 'rather where its lines are exactly so',
      text: ' a\na\n',
      lines: ['-a', '+b'],
      becomes: ' a\nb\n',
    },
    {
      name: 'without an empty line that it ends with and the file has not',
      text: 'a\nb\n',
      lines: [' a', '-b', '+c', ''],
      becomes: 'a\nc\n',
    },
    { name: 'at the end, only adding', text: 'a\n', lines: ['+b'], becomes: 'a\nb\n' },
    {
      name: 'at the end, also before others',
      text: 'a\nb\n',
      lines: ['+c', '@@', '-a', '+A'],
      becomes: 'A\nb\nc\n',
    },
    { name: 'in an empty file', text: '', lines: ['+a'], becomes: 'a\n' },
  ])('$name', ({ text, lines, becomes }) => {
    expect(changed(text, ...lines)).toBe(becomes);
  });
});

test('lines end as those of the file do, and those that stay are untouched', () => {
  expect(changed('a\r\nb\r\nc\r\n', ' a', '-b', '+B', '+BB')).toBe('a\r\nB\r\nBB\r\nc\r\n');
  expect(changed('a\nb\r\nc\n', ' a', ' b', '-c', '+C')).toBe('a\nb\r\nC\n');
});

test('the last line ends afterwards', () => {
  expect(changed('a\nb', '-a', '+A')).toBe('A\nb\n');
  expect(changed('a\r\nb', '-b', '+B')).toBe('a\r\nB\r\n');
});

test('a file of 100,000 equal lines is changed at its end in no time', () => {
  const text = `${'x\n'.repeat(100_000)}y\n`;
  const lines = [...Array.from({ length: 40 }, () => ' x'), '-y', '+z'];

  expect(changed(text, ...lines)).toBe(`${'x\n'.repeat(100_000)}z\n`);
});

/** The rules once more, as plainly as they can be written; no blanks, no signs, lines as they are. */
function reference(lines: readonly string[], chunks: readonly PatchChunk[]): string[] | undefined {
  const result: string[] = [];
  const appended: string[] = [];
  let rest = [...lines];
  for (const { contexts, lines: changes } of chunks) {
    const old = changes.filter(({ kind }) => kind !== 'add').map(({ text }) => text);
    const fresh = changes.filter(({ kind }) => kind !== 'remove').map(({ text }) => text);
    for (const context of contexts) {
      const at = rest.indexOf(context);
      if (at < 0) return undefined;
      result.push(...rest.splice(0, at + 1));
    }
    if (old.length === 0) {
      (contexts.length === 0 ? appended : result).push(...fresh);
      continue;
    }
    let at = 0;
    while (at < rest.length && old.some((line, index) => rest[at + index] !== line)) at += 1;
    if (at >= rest.length) return undefined;
    result.push(...rest.splice(0, at), ...fresh);
    rest = rest.slice(old.length);
  }
  return [...result, ...rest, ...appended];
}

test('generated patches come to what the rules say, or are refused where the rules find no place', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const line = fc.record({ kind: fc.constantFrom('keep', 'remove', 'add'), text: word });
  const chunk = fc.record({
    contexts: fc.array(word, { maxLength: 1 }),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
    isAtEnd: fc.constant(false),
  }) as fc.Arbitrary<PatchChunk>;
  const places = fc.array(word, { maxLength: 12 });
  let applied = 0;
  fc.assert(
    fc.property(places, fc.array(chunk, { minLength: 1, maxLength: 3 }), (lines, chunks) => {
      const expected = reference(lines, chunks);
      const text = lines.map((each) => `${each}\n`).join('');
      if (expected !== undefined) applied += 1;
      let result: string;
      try {
        result = changedText('f', text, chunks);
      } catch (error) {
        result = error instanceof PatchError ? 'refused' : String(error);
      }
      expect(result).toBe(expected?.map((each) => `${each}\n`).join('') ?? 'refused');
    }),
    { numRuns: 1_000 },
  );
  expect(applied).toBeGreaterThan(100);
});
