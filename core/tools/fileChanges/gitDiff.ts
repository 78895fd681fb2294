import { createHash } from 'node:crypto';

import { structuredPatch } from 'diff';

import type { FileContent } from './fileState.ts';

/** What became of one name; with `movedFrom`, of what stood under that one. */
export type ShownChange = {
  readonly path: string;
  readonly movedFrom?: string | undefined;
  readonly before: FileContent | undefined;
  readonly after: FileContent | undefined;
};

/** Lines around a change that are shown with it. */
const CONTEXT_LINES = 3;
/** Texts that have less in common are shown as one that takes the place of the other. */
const MAX_EDITS = 2_000;
/** A file that is larger is shown as programs show what is no text. */
const MAX_SHOWN_BYTES = 1024 * 1024;

const NOTHING = '0'.repeat(40);

/** The change as Git would show it; empty where there is none. */
export function gitDiff(change: ShownChange): string {
  const { path, movedFrom = path, before, after } = change;
  const [old, fresh] = [`a/${movedFrom}`, `b/${path}`];
  const ids = [blobId(before), blobId(after)];
  const modes = [modeOf(before), modeOf(after)];
  const isSameBytes = ids[0] === ids[1];
  if (isSameBytes && modes[0] === modes[1] && movedFrom === path) return '';
  const head = [`diff --git ${quoted(old)} ${quoted(fresh)}`, ...headLines(change, modes)];
  if (isSameBytes) return `${head.join('\n')}\n`;
  head.push(`index ${ids.join('..')}`);
  const texts = [textOf(before), textOf(after)];
  const names = [
    before === undefined ? '/dev/null' : quoted(old),
    after === undefined ? '/dev/null' : quoted(fresh),
  ];
  if (texts[0] === undefined || texts[1] === undefined) {
    return `${head.join('\n')}\nBinary files ${names[0]} and ${names[1]} differ\n`;
  }
  const hunks = hunksOf(texts[0], texts[1]);
  if (hunks === '') return `${head.join('\n')}\n`;
  const sides = [`--- ${withTab(names[0] ?? '')}`, `+++ ${withTab(names[1] ?? '')}`];
  return `${[...head, ...sides].join('\n')}\n${hunks}`;
}

/** The hunks alone, each with where it stands in both texts. */
export function hunksOf(before: string, after: string): string {
  const patch = structuredPatch('', '', before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    maxEditLength: MAX_EDITS,
  });
  if (patch === undefined) return replacedWhole(before, after);
  return patch.hunks
    .map(({ oldStart, oldLines, newStart, newLines, lines }) => {
      const place = `-${rangeOf(oldStart, oldLines)} +${rangeOf(newStart, newLines)}`;
      return `@@ ${place} @@\n${lines.join('\n')}\n`;
    })
    .join('');
}

function replacedWhole(before: string, after: string): string {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  const place = `-${rangeOf(1, old.length)} +${rangeOf(1, fresh.length)}`;
  return `@@ ${place} @@\n${withSign('-', old)}${withSign('+', fresh)}`;
}

const withSign = (sign: string, lines: readonly string[]): string =>
  lines
    .map((line) => sign + (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`))
    .join('');

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?<=\n)/u));

/** Nothing stands behind the line before it. */
const rangeOf = (start: number, count: number): string => {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? String(start) : `${start},${count}`;
};

function headLines(
  { path, movedFrom, before, after }: ShownChange,
  modes: readonly string[],
): string[] {
  if (before === undefined) return [`new file mode ${modes[1]}`];
  if (after === undefined) return [`deleted file mode ${modes[0]}`];
  return [
    ...(modes[0] === modes[1] ? [] : [`old mode ${modes[0]}`, `new mode ${modes[1]}`]),
    ...(movedFrom === undefined || movedFrom === path
      ? []
      : [`rename from ${quoted(movedFrom)}`, `rename to ${quoted(path)}`]),
  ];
}

/** Git knows whether a file can be run, and no more. */
function modeOf(content: FileContent | undefined): string {
  if (content === undefined) return '000000';
  if (content.kind === 'link') return '120000';
  return (content.mode & 0o100) === 0 ? '100644' : '100755';
}

const bytesOf = (content: FileContent): Buffer =>
  content.kind === 'link' ? Buffer.from(content.target) : content.bytes;

function blobId(content: FileContent | undefined): string {
  if (content === undefined) return NOTHING;
  const bytes = bytesOf(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** undefined for what is no text, or too much of it. */
function textOf(content: FileContent | undefined): string | undefined {
  if (content === undefined) return '';
  const bytes = bytesOf(content);
  if (bytes.length > MAX_SHOWN_BYTES || bytes.includes(0)) return undefined;
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** A name with signs that would break the line it stands in is written as a string of C. */
function quoted(name: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the signs it is about
  const signs = /[\u0000-\u001F\u007F"\\]/gu;
  if (!signs.test(name)) return name;
  const escaped = name.replaceAll(
    signs,
    (sign) => ESCAPES[sign] ?? `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );
  return `"${escaped}"`;
}

/** Where a name with blanks ends. */
const withTab = (name: string): string =>
  name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name;
