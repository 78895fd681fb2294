import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A document that comments cite by section; some keep the rows of one section in another file. */
type CitedDocument = {
  readonly file: string;
  readonly rows?: { readonly section: string; readonly file: string };
};

/** The names comments cite by, and where the sections are. */
export const CITED_DOCUMENTS: Readonly<Record<string, CitedDocument>> = {
  'app-server': { file: 'docs/protocol/app-server.md' },
  permissions: { file: 'docs/protocol/permissions.md' },
  'realtime-v2': {
    file: 'docs/protocol/realtime.md',
    rows: { section: '19', file: 'realtime/COMPATIBILITY.md' },
  },
  responses: {
    file: 'docs/protocol/responses.md',
    rows: { section: '19', file: 'core/model/COMPATIBILITY.md' },
  },
};

/** Where a citation may stand: everything people write, but not what they only install or build. */
const CITING =
  '{*.{md,ts,mjs},.*.mjs,.ci/**/*.{ts,mjs},{app,core,docs,e2e,main,realtime}/**/*.{ts,tsx,cjs,mjs,css,html,md}}';

const NUMBER = String.raw`\d+(?:\.\d+)*`;
const MORE = String.raw`\s*(?:,|and|to)\s*`;
/** What stands before a section sign: a document or a standard, and perhaps sections of it that came before. */
const NAMED = new RegExp(
  String.raw`(?<name>RFC \d+|trace context|[\w-]+)\s+(?:§{0,2}\s*${NUMBER}${MORE})*$`,
  'u',
);
const SECTIONS = new RegExp(String.raw`^§§?\s*(?<list>${NUMBER}(?:${MORE}${NUMBER})*)`, 'u');
const STANDARD = /^(?:RFC \d+|trace context)$/u;
/** The rows of a list that only its author has: a letter and a number say nothing to a reader. */
const ROW_ID = /\bS\d{2,3}\b/gu;

/** The numbers of a document's sections, as its headings name them. */
export function sectionsOf(markdown: string): ReadonlySet<string> {
  const headings = markdown.matchAll(new RegExp(String.raw`^#+ (?<number>${NUMBER})\.? `, 'gmu'));
  return new Set(Array.from(headings, ({ groups }) => groups?.['number'] ?? ''));
}

function rowsOf(markdown: string): readonly string[] {
  return Array.from(
    markdown.matchAll(/^\| (?<row>\d+) +\|/gmu),
    ({ groups }) => groups?.['row'] ?? '',
  );
}

/** All sections that can be cited, by document. */
export function citableSections(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  return new Map(
    Object.entries(CITED_DOCUMENTS).map(([name, { file, rows }]) => {
      const sections = new Set(sectionsOf(read(file)));
      if (rows !== undefined) {
        for (const row of rowsOf(read(rows.file))) sections.add(`${rows.section}.${row}`);
      }
      return [name, sections];
    }),
  );
}

/** What is wrong with the citations of a text, one line each, `LINE: words`. */
export function brokenCitations(
  text: string,
  sections: ReadonlyMap<string, ReadonlySet<string>>,
): readonly string[] {
  const problems: string[] = [];
  const report = (index: number, words: string): void => {
    problems.push(`${text.slice(0, index).split('\n').length}: ${words}`);
  };
  for (const { index } of text.matchAll(/§+/gu)) {
    const before = flattened(text.slice(Math.max(0, index - 160), index));
    const list = SECTIONS.exec(flattened(text.slice(index, index + 80)))?.groups?.['list'];
    const name = NAMED.exec(before)?.groups?.['name'];
    if (list === undefined || (name !== undefined && STANDARD.test(name))) continue;
    const known = name === undefined ? undefined : sections.get(name);
    if (known === undefined) {
      report(index, `§${list} names no document; write (${[...sections.keys()].join(' | ')} §N)`);
      continue;
    }
    for (const section of list.split(new RegExp(MORE, 'u'))) {
      if (!known.has(section)) report(index, `${name} has no section ${section}`);
    }
  }
  for (const { 0: id, index } of text.matchAll(ROW_ID)) {
    report(index, `${id} is the row of a list that is not here; say it in words or cite a section`);
  }
  return problems;
}

/** A citation may be broken over the lines of a comment. */
const flattened = (text: string): string =>
  text.replaceAll(/\s*\n\s*(?:\*|\/\/|#)?\s*/gu, ' ').replaceAll(/\s+/gu, ' ');

/** Every broken citation under `root`, as `FILE:LINE: words`. */
export function findBrokenCitations(root: string): readonly string[] {
  const sections = citableSections(root);
  return globSync(CITING, { cwd: root })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
    .flatMap((file) =>
      brokenCitations(readFileSync(join(root, file), 'utf8'), sections).map(
        (problem) => `${file}:${problem}`,
      ),
    );
}
