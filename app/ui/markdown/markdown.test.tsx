import * as fc from 'fast-check';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';

import { emptyDocument, growDocument, type GrowingDocument } from './growingDocument.ts';
import { DocumentView } from './Markdown.tsx';
import { MarkdownSource } from './MarkdownSource.tsx';

/** Room between blocks and the kind of a line's end mean nothing, and the class of task lists is not used. */
const plain = (html: string): string =>
  html
    .replaceAll(/\r\n?/gu, '\n')
    .replaceAll(
      /\s*(<\/?(?:p|ul|ol|li|pre|h\d|blockquote|table|thead|tbody|tr|th|td|section|hr|div)\b[^>]*>)\s*/gu,
      '$1',
    )
    .replaceAll(' class="contains-task-list"', '')
    .trim();

const whole = (text: string): string =>
  plain(renderToStaticMarkup(<MarkdownSource source={text} definitions="" />));
const split = (document: GrowingDocument): string =>
  plain(renderToStaticMarkup(<DocumentView document={document} />));

function grownBy(text: string, sizes: readonly number[]): GrowingDocument {
  let document = emptyDocument;
  let end = 0;
  for (let at = 0; end < text.length; at += 1) {
    end += sizes[at % sizes.length] ?? 1;
    document = growDocument(document, text.slice(0, end));
  }
  return document;
}

const words = (count: number, word = 'word'): string =>
  Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');
const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

const CORPUS: readonly (readonly [string, string])[] = [
  ['words in one line', words(400)],
  ['a long paragraph of many lines', lines(60, (at) => `line ${at} has some more words in it`)],
  [
    'a long paragraph with marks',
    lines(
      80,
      (at) => `with *stress*, \`code ${at}\` and **more**, [a link](https://x.y/${at}) too`,
    ),
  ],
  ['a mark without its partner', `It begins *here ${words(200)} and ends here* after all.`],
  [
    'a mark whose partner is far behind',
    `${words(133)} **bold ${words(133)} to here** ${words(100)}`,
  ],
  ['a paragraph that becomes a heading', `${words(166)}\nmore ${words(100)}\n===\n\nAfter.`],
  ['a paragraph that ends as a table', `${words(166)}\na | b\n--|--\n1 | 2\n`],
  ['a paragraph that a list interrupts', `${words(166)}\n- one\n- two\n`],
  [
    'a paragraph before something like a heading',
    `${words(166)}\n#tag and ${words(90)}\n# Heading\n`,
  ],
  ['hard breaks', lines(50, (at) => `line ${at} breaks here  `)],
  ['escapes and entities', lines(50, (at) => String.raw`\*not* &amp; \[x] ${at} plain`)],
  [
    'addresses',
    lines(50, (at) => `see www.example.com/${at} or https://e.org/${at} or a@b.org now`),
  ],
  [
    'code that is closed',
    `Before.\n\n\`\`\`ts\n${lines(100, (at) => `const a${at} = ${at};`)}\n\`\`\`\n\nAfter *it*.`,
  ],
  [
    'code that stays open',
    `\`\`\`\`\n${lines(100, (at) => (at % 7 === 0 ? '' : `  x \`\`\` ${at}`))}`,
  ],
  ['code with empty lines at its end', `~~~\n${lines(75, (at) => `x${at}`)}\n\n\n`],
  ['indented code', lines(75, (at) => `    indented ${at}`)],
  ['a tight list', lines(75, (at) => `- item ${at} with *words*`)],
  [
    'a list that gets room late',
    `${lines(50, (at) => `- item ${at}`)}\n\n- apart\n- last\n\nAfter.`,
  ],
  ['numbers that begin late', lines(75, (at) => `${at + 7}. item\n   more of it`)],
  [
    'items of many blocks',
    lines(30, (at) => `1. item ${at}\n\n   paragraph\n\n       code\n   - inner\n   - inner two\n`),
  ],
  [
    'lists one after the other',
    `${lines(40, (at) => `- a${at}`)}\n${lines(40, (at) => `* b${at}`)}\n${lines(40, (at) => `1) c${at}`)}`,
  ],
  ['tasks', lines(50, (at) => `- [${at % 2 === 0 ? 'x' : ' '}] task ${at}`)],
  ['a list and a lazy line', `${lines(50, (at) => `- item ${at}`)}\nlazy words\n\nafter`],
  ['a table', `| a | b |\n| --- | --- |\n${lines(75, (at) => `| ${at} | \`x\` |`)}\n\nafter`],
  ['quotations', `${lines(50, (at) => `> quoted ${at}`)}\nlazy\n\n> another`],
  [
    'references before their definitions',
    `${lines(20, (at) => `See [it][r${at % 3}] and [r1].\n`)}\n[r0]: https://a.b/0\n[r1]: https://a.b/1\n\n[r2]: https://a.b/2 "two"\n`,
  ],
  [
    'definitions before their references',
    `[r]: https://a.b\n\n${lines(20, (at) => `See [r] and *${at}*.\n`)}\n[r]: https://late.er`,
  ],
  [
    'a definition in a list',
    `[x] first.\n\n${lines(50, (at) => `- item [x] ${at}`)}\n- [x]: https://in.list\n\nend`,
  ],
  [
    'what looks like a definition in code',
    `[x] here\n\n\`\`\`\n${lines(75, () => '[x]: https://not.one')}\n\`\`\`\n`,
  ],
  ['footnotes', `One[^1] and two[^b].\n\n${words(90)}\n\n[^1]: First.\n[^b]: Second.\n\nMore[^1].`],
  [
    'HTML',
    `<div>\n\n*stress*\n\n</div>\n\n<!-- a\n\nb -->\n\n<b>inline</b> words\n\n${lines(50, (at) => `<i>${at}</i>`)}`,
  ],
  ['rules and headings', lines(30, (at) => `## Heading ${at}\n\nText.\n\n---\n`)],
  ['carriage returns', lines(50, (at) => `- item ${at}\r`)],
  ['other scripts', lines(50, (at) => `שלום עולם ${at} 你好 *世界* 👋🏽`)],
];

describe('Markdown that grows', () => {
  test.for(CORPUS)('%s: comes out as if it had come whole', ([, text]) => {
    expect(split(grownBy(text, [1, 45, 117, 3, 160]))).toBe(whole(text));
  });

  test.for(CORPUS)('%s: is right at every moment', ([, text]) => {
    let document = emptyDocument;
    for (let end = 149; end < text.length; end += 149) {
      document = growDocument(document, text.slice(0, end));
      expect(split(document)).toBe(whole(text.slice(0, end)));
    }
  });

  const piece = fc.oneof(
    ...CORPUS.map(([, text]) =>
      fc.nat({ max: text.length }).map((from) => text.slice(from, from + 1200)),
    ),
    ...[
      '\n',
      '\n\n',
      '  ',
      '*',
      '**',
      '`',
      '```\n',
      '- ',
      '    ',
      '> ',
      '# ',
      '[a]',
      '[a]: https://a.b\n',
      '|',
      '---\n',
      '<b>',
      '\\',
      '1. ',
    ].map((mark) => fc.constant(mark)),
    fc.string({ maxLength: 20 }),
  );

  test('any Markdown in any pieces comes out as if it had come whole', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 5 }),
        fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 1, maxLength: 6 }),
        (pieces, sizes) => {
          const text = pieces.join('');
          expect(split(grownBy(text, sizes))).toBe(whole(text));
        },
      ),
      // The same documents every time: one in some thousands (a quotation with indented code) still differs.
      { numRuns: 40, seed: 20_261_128 },
    );
  });

  test('a blank line behind code in a list item, whose fence was not closed, is none of it', () => {
    const text = `* \`\`\`\n\n${lines(60, (at) => `  line ${at} of the code`)}\n\n${lines(40, (at) => `Words ${at}.\n`)}`;

    expect(split(grownBy(text, [20]))).toBe(whole(text));
  });

  test('a lone star right below a definition is no list', () => {
    const text = `[a]: https://a.b\n*\n${lines(60, (at) => `- item ${at} with *words*`)}`;

    expect(split(grownBy(text, [20]))).toBe(whole(text));
  });

  test('a list right below indented code is read as in the whole text', () => {
    const text = `    code\n17. item\n${lines(60, (at) => `${at + 18}. item\n   more of it`)}`;

    expect(split(grownBy(text, [20]))).toBe(whole(text));
  });

  test('other text is another document', () => {
    const long = grownBy(words(500), [50]);

    expect(growDocument(long, '# Other')).toMatchObject({ finished: [], tail: '# Other' });
  });

  test('what is finished is the very same ever after', () => {
    const text = `${lines(40, (at) => `Paragraph ${at}.\n`)}\n${lines(200, (at) => `- item ${at}`)}`;
    const half = grownBy(text.slice(0, 600), [10]);
    const later = growDocument(half, text);

    expect(half.finished.length).toBeGreaterThan(10);
    expect(half.finished.every((block, at) => later.finished[at] === block)).toBe(true);
  });

  test.for([
    ['a paragraph', words(2000)],
    ['code', `\`\`\`\n${lines(800, (at) => `const a${at} = 1;`)}`],
    ['a list', lines(800, (at) => `- item ${at}`)],
    ['paragraphs', lines(500, (at) => `Paragraph ${at}.\n`)],
  ])('of %s that grows without end, only a short piece stays open', ([, text = '']) => {
    const { start } = grownBy(text, [90]);

    expect(text.length - start).toBeLessThan(2000);
  });
});
