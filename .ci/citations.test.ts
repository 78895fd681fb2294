import { expect, test } from 'vitest';

import {
  brokenCitations,
  citableSections,
  CITED_DOCUMENTS,
  findBrokenCitations,
  sectionsOf,
} from './citations.ts';
import { makeTree } from './testing/tree.ts';
import { ROOT } from './tool.ts';

// What is wrong on purpose is put together here, so that the check does not find it in this file.
const SIGN = '\u00A7';
const sections = new Map([
  ['app-server', new Set(['4', '8'])],
  ['realtime-v2', new Set(['3.1', '16.3', '19', '19.4'])],
]);
const broken = (text: string): readonly string[] =>
  brokenCitations(text.replaceAll('$', SIGN), sections);

test('every citation of this repository resolves', () => {
  expect(findBrokenCitations(ROOT)).toEqual([]);
});

test.for([
  '/** One at a time (app-server $4). */',
  '/** The first answer counts (app-server $4, $8). */',
  '// Lists (app-server $$4, 8) and (realtime-v2 $3.1 and $16.3).',
  '/**\n * rounds each chunk down, realtime-v2\n * $19.4), and the rest',
  '// Row 4 of realtime-v2 $19.',
  '// Goodbye (RFC 6455 $7.1.2), and (RFC 6716 $3.1 and $3.2); as in (trace context $3).',
  '| a sign without a number | $ |',
])('stands: %s', (text) => {
  expect(broken(text)).toEqual([]);
});

test.for([
  ['a section that is not there', '\n// (app-server $5)', '2: app-server has no section 5'],
  ['a row that is not there', '// (realtime-v2 $19.5)', '1: realtime-v2 has no section 19.5'],
  ['the second of two', '// (app-server $4, $5)', '1: app-server has no section 5'],
  ['the last of a list', '// (app-server $$4, 8, 9)', '1: app-server has no section 9'],
  ['one broken over lines', '// app-server\n  // $5', '2: app-server has no section 5'],
] as const)('%s is reported with its line', ([, text, problem]) => {
  expect(broken(text)).toEqual([problem]);
});

test('a section of no document, or of one nobody has, is reported', () => {
  expect(broken('// ($4)')).toEqual([expect.stringContaining('names no document') as string]);
  expect(broken('// (media-notes $4)')).toEqual([
    expect.stringContaining('names no document') as string,
  ]);
});

test('the row of a list that only its author has is reported', () => {
  expect(broken(["describe('a token (S", "10)', () => {"].join(''))).toEqual([
    expect.stringMatching(/^1: S\d+ is the row of a list/u) as string,
  ]);
});

test('sections are the numbered headings of a document', () => {
  expect(sectionsOf('# Title\n\n## 4. Order\n\n### 4.1 More\n\n## Words\n\ntext 9. no\n')).toEqual(
    new Set(['4', '4.1']),
  );
});

test('the numbered rows of a list elsewhere count as sections of the section that names it', () => {
  const files = Object.values(CITED_DOCUMENTS).flatMap(({ file, rows }) =>
    rows === undefined
      ? [[file, '## 1. One\n']]
      : [
          [file, '## 19. Rows\n'],
          [rows.file, '| 7   | a | b |\n'],
        ],
  );
  using tree = makeTree(Object.fromEntries(files) as Record<string, string>);

  expect(citableSections(tree.root).get('responses')).toEqual(new Set(['19', '19.7']));
});

test('a citation is found wherever people write: sources, styles, documents', () => {
  const documents = Object.values(CITED_DOCUMENTS).flatMap(({ file, rows }) =>
    rows === undefined ? [file] : [file, rows.file],
  );
  const wrong = `(app-server ${SIGN}4)\n`;
  using tree = makeTree({
    ...Object.fromEntries(documents.map((file) => [file, ''])),
    'core/a.ts': `// ${wrong}`,
    'app/b.css': `/* ${wrong} */`,
    'CHANGELOG.md': wrong,
  });

  expect(findBrokenCitations(tree.root)).toEqual([
    'CHANGELOG.md:1: app-server has no section 4',
    'app/b.css:1: app-server has no section 4',
    'core/a.ts:1: app-server has no section 4',
  ]);
});
