import { PatchError } from './errors.ts';
import type { PatchChunk, PatchLine } from './patchReader.ts';

/** What a line is compared by, one pass after the other (responses §12.4). */
const PASSES: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => plainSigns(line.trim()),
];

/** Signs that models write, or read, in place of those of a keyboard. */
const PLAIN_SIGNS: readonly (readonly [RegExp, string])[] = [
  [/[\u2010-\u2015\u2212]/gu, '-'],
  [/[\u2018-\u201B]/gu, "'"],
  [/[\u201C-\u201F]/gu, '"'],
  [/[\u00A0\u2002-\u200A\u202F\u205F\u3000]/gu, ' '],
];

const plainSigns = (line: string): string =>
  PLAIN_SIGNS.reduce((text, [signs, plain]) => text.replaceAll(signs, plain), line);

/** The lines of a file, and as each pass sees them. */
class FileLines {
  /** With what ends each, which the last may lack. */
  readonly raw: readonly string[];
  readonly lineEnd: '\n' | '\r\n';
  readonly #seen: (readonly string[])[] = [];

  constructor(text: string) {
    this.raw = text === '' ? [] : text.split(/(?<=\n)/u);
    const ended = this.raw.filter((line) => line.endsWith('\n'));
    const withReturn = ended.filter((line) => line.endsWith('\r\n'));
    this.lineEnd = withReturn.length * 2 > ended.length ? '\r\n' : '\n';
  }

  /** Where these lines stand, `start` or later; undefined where they do not. */
  find(lines: readonly string[], start: number, isAtEnd: boolean): number | undefined {
    const last = this.raw.length - lines.length;
    const first = isAtEnd ? Math.max(start, last) : start;
    for (const [pass, seenBy] of PASSES.entries()) {
      const wanted = lines.map(seenBy);
      const seen = (this.#seen[pass] ??= this.raw.map((line) => seenBy(withoutEnd(line))));
      for (let place = first; place <= last; place += 1) {
        if (wanted.every((line, index) => seen[place + index] === line)) return place;
      }
    }
    return undefined;
  }

  /** Where most of these lines stand, as a further sentence of a refusal; empty where not even the first does. */
  closest(lines: readonly string[], start: number): string {
    let best = { place: 0, matching: 0 };
    const seen = this.raw.map((line) => plainSigns(withoutEnd(line).trim()));
    const wanted = lines.map((line) => plainSigns(line.trim()));
    for (let place = start; place < seen.length; place += 1) {
      const different = wanted.findIndex((line, index) => seen[place + index] !== line);
      if (different > best.matching) best = { place, matching: different };
    }
    if (best.matching === 0) return '';
    const line = best.place + best.matching;
    const found = this.raw[line];
    const difference =
      found === undefined
        ? `the file ends in line ${line}`
        : `line ${line + 1} is '${withoutEnd(found)}' there, and not '${lines[best.matching] ?? ''}'`;
    return `\nThe closest place begins in line ${best.place + 1}: ${difference}.`;
  }
}

const withoutEnd = (line: string): string => line.replace(/\r?\n$/u, '');

type Replacement = {
  readonly at: number;
  readonly count: number;
  readonly lines: readonly PatchLine[];
};

/**
 * The text of a file with the chunks worked in. Lines that stay are those of the file, and those that come
 * end as the file's do; the last one ends, too. Throws PatchError where a chunk finds no place behind the
 * one before it.
 */
export function changedText(path: string, text: string, chunks: readonly PatchChunk[]): string {
  const file = new FileLines(text);
  const replacements: Replacement[] = [];
  let position = 0;
  for (const chunk of chunks) {
    for (const context of chunk.contexts) {
      const place = file.find([context], position, false);
      if (place === undefined)
        throw new PatchError(`Failed to find context '${context}' in ${path}`);
      position = place + 1;
    }
    const replacement = placed(file, path, chunk, position);
    replacements.push(replacement);
    // What is only put at the end says nothing of where the next one is.
    if (replacement.count > 0) position = replacement.at + replacement.count;
  }
  const inOrder = replacements.toSorted((one, other) => one.at - other.at);
  return rewritten(file, inOrder);
}

function placed(file: FileLines, path: string, chunk: PatchChunk, from: number): Replacement {
  const old = oldLines(chunk.lines);
  if (old.length === 0) {
    // Behind whatever others put behind the last line.
    const at = chunk.contexts.length === 0 || chunk.isAtEnd ? Infinity : from;
    return { at, count: 0, lines: chunk.lines };
  }
  const at = file.find(old, from, chunk.isAtEnd);
  if (at !== undefined) return { at, count: old.length, lines: chunk.lines };
  // What looks like an empty line at the end is often only where the last one ends.
  if (old.at(-1) === '') {
    const lines = chunk.lines.toSpliced(
      chunk.lines.findLastIndex(({ kind }) => kind !== 'add'),
      1,
    );
    const shorter = oldLines(lines);
    const place = shorter.length === 0 ? undefined : file.find(shorter, from, chunk.isAtEnd);
    if (place !== undefined) return { at: place, count: shorter.length, lines };
  }
  throw new PatchError(
    `Failed to find expected lines in ${path}:\n${old.join('\n')}${file.closest(old, from)}`,
  );
}

const oldLines = (lines: readonly PatchLine[]): readonly string[] =>
  lines.flatMap(({ kind, text }) => (kind === 'add' ? [] : [text]));

function rewritten(file: FileLines, replacements: readonly Replacement[]): string {
  const result: string[] = [];
  let next = 0;
  for (const { at, count, lines } of replacements) {
    for (const line of file.raw.slice(next, at)) result.push(line);
    next = at;
    for (const { kind, text } of lines) {
      if (kind === 'add') {
        result.push(text + file.lineEnd);
        continue;
      }
      if (kind === 'keep') result.push(file.raw[next] ?? '');
      next += 1;
    }
    next = at + count;
  }
  for (const line of file.raw.slice(next)) result.push(line);
  return result.map((line) => (line.endsWith('\n') ? line : line + file.lineEnd)).join('');
}
