import { PatchError } from './errors.ts';

/** A line of a chunk: one that stays, one that goes, one that comes. */
export type PatchLine = { readonly kind: 'keep' | 'remove' | 'add'; readonly text: string };

/** One place of a file that changes. */
export type PatchChunk = {
  /** Lines that stand somewhere before it, each behind the one before. */
  readonly contexts: readonly string[];
  readonly lines: readonly PatchLine[];
  /** It is the end of the file. */
  readonly isAtEnd: boolean;
};

/** What a patch does to one file; paths are as they were written. */
export type PatchHunk =
  | { readonly kind: 'add'; readonly path: string; readonly lines: readonly string[] }
  | { readonly kind: 'delete'; readonly path: string }
  | {
      readonly kind: 'update';
      readonly path: string;
      readonly moveTo: string | undefined;
      readonly chunks: readonly PatchChunk[];
    };

type OpenChunk = { contexts: string[]; lines: PatchLine[]; isAtEnd: boolean };
type OpenHunk =
  | { kind: 'add'; path: string; lines: string[]; diff: string }
  | { kind: 'delete'; path: string; diff: string }
  | {
      kind: 'update';
      path: string;
      moveTo: string | undefined;
      chunks: OpenChunk[];
      diff: string;
      /** Where it began, for whoever wrote nothing below it. */
      atLine: number;
    };

/** A hunk as far as it has been read, its lines as a text that people can look at. */
export type HunkSoFar = {
  readonly kind: PatchHunk['kind'];
  readonly path: string;
  readonly moveTo: string | undefined;
  readonly diff: string;
};

const BEGIN = '*** Begin Patch';
const END = '*** End Patch';
const ADD = '*** Add File: ';
const DELETE = '*** Delete File: ';
const UPDATE = '*** Update File: ';
const MOVE = '*** Move to: ';
const END_OF_FILE = '*** End of File';
const HEREDOC = /^<<(?<quote>['"]?)(?<word>\w+)\k<quote>$/u;

const KINDS: Readonly<Record<string, PatchLine['kind']>> = {
  ' ': 'keep',
  '-': 'remove',
  '+': 'add',
};

/**
 * Reads a patch line by line (responses §12.4), whole or while it is being written: a hunk is there when
 * its header is, and has the lines that are complete. Throws PatchError at the first line that does not
 * belong.
 */
export class PatchReader {
  readonly #hunks: OpenHunk[] = [];
  #phase: 'before' | 'inside' | 'after' = 'before';
  /** What ends the document that the patch is wrapped in. */
  #wrapper: string | undefined;
  #isUnwrapped = false;
  /** Counted from the line the patch begins with. */
  #lineNumber = 0;
  #rest = '';

  /** More of its text, cut anywhere. */
  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#take(line);
  }

  /** There is no more of it; returns what it says. */
  end(): readonly PatchHunk[] {
    if (this.#rest !== '') this.#take(this.#rest);
    this.#rest = '';
    if (this.#phase === 'before') throw firstLine();
    if (this.#phase === 'inside') throw lastLine();
    if (this.#hunks.length === 0) throw new PatchError('invalid patch: it changes nothing');
    return this.#hunks.map(asHunk);
  }

  /** What has been read so far. */
  get soFar(): readonly HunkSoFar[] {
    return this.#hunks.map((hunk) => ({
      kind: hunk.kind,
      path: hunk.path,
      moveTo: hunk.kind === 'update' ? hunk.moveTo : undefined,
      diff: hunk.diff,
    }));
  }

  #take(written: string): void {
    const line = written.endsWith('\r') ? written.slice(0, -1) : written;
    switch (this.#phase) {
      case 'before':
        this.#begin(line.trim());
        return;
      case 'inside':
        this.#lineNumber += 1;
        this.#inside(line);
        return;
      case 'after':
        if (line.trim() === '') return;
        if (line.trim() !== this.#wrapper || this.#isUnwrapped) throw lastLine();
        this.#isUnwrapped = true;
    }
  }

  #begin(line: string): void {
    if (line === BEGIN) {
      this.#phase = 'inside';
      this.#lineNumber = 1;
      return;
    }
    if (line === '') return;
    const word = HEREDOC.exec(line)?.groups?.['word'];
    if (word === undefined || this.#wrapper !== undefined) throw firstLine();
    this.#wrapper = word;
  }

  #inside(line: string): void {
    const hunk = this.#hunks.at(-1);
    if (hunk?.kind === 'update' && !line.startsWith('*** ')) {
      this.#updateLine(hunk, line);
      return;
    }
    if (hunk?.kind === 'add' && line.startsWith('+')) {
      hunk.lines.push(line.slice(1));
      hunk.diff += `${line.slice(1)}\n`;
      return;
    }
    this.#header(line, hunk);
  }

  #header(line: string, before: OpenHunk | undefined): void {
    const header = line.trim();
    if (before?.kind === 'update') {
      const chunk = before.chunks.at(-1);
      if (header === END_OF_FILE && chunk !== undefined && chunk.lines.length > 0) {
        chunk.isAtEnd = true;
        return;
      }
      const moveTo = pathBehind(MOVE, header);
      if (moveTo !== undefined && chunk === undefined && before.moveTo === undefined) {
        before.moveTo = moveTo;
        return;
      }
      this.#checkWhole(before);
    }
    if (header === END) {
      this.#phase = 'after';
      return;
    }
    // People and models put blank lines between files.
    if (header === '' && before?.kind !== 'update') return;
    const added = pathBehind(ADD, header);
    const deleted = pathBehind(DELETE, header);
    const updated = pathBehind(UPDATE, header);
    if (added !== undefined) this.#hunks.push({ kind: 'add', path: added, lines: [], diff: '' });
    else if (deleted !== undefined) this.#hunks.push({ kind: 'delete', path: deleted, diff: '' });
    else if (updated !== undefined) {
      const atLine = this.#lineNumber;
      const hunk = { path: updated, moveTo: undefined, chunks: [], diff: '', atLine };
      this.#hunks.push({ kind: 'update', ...hunk });
    } else {
      throw this.#invalid(
        this.#lineNumber,
        `'${line}' is not a valid hunk header. Valid hunk headers: '${ADD}{path}', ` +
          `'${DELETE}{path}', '${UPDATE}{path}'`,
      );
    }
  }

  #updateLine(hunk: Extract<OpenHunk, { kind: 'update' }>, line: string): void {
    const last = hunk.chunks.at(-1);
    if (line === '@@' || line.startsWith('@@ ')) {
      const context = line.slice(3);
      const contexts = context === '' ? [] : [context];
      if (last?.lines.length === 0) last.contexts.push(...contexts);
      else hunk.chunks.push({ contexts, lines: [], isAtEnd: false });
      hunk.diff += `${line}\n`;
      return;
    }
    const kind = line === '' ? 'keep' : KINDS[line.charAt(0)];
    if (kind === undefined) {
      throw this.#invalid(
        this.#lineNumber,
        `'${line}' begins with none of ' ' (a line that stays), '-' (one that goes), '+' (one that comes) and '@@'`,
      );
    }
    // What follows the end of the file, but for empty lines between hunks, belongs nowhere.
    if (last?.isAtEnd === true) {
      if (line === '') return;
      throw this.#invalid(this.#lineNumber, `'${line}' stands behind the end of the file`);
    }
    const chunk = last ?? { contexts: [], lines: [], isAtEnd: false };
    if (last === undefined) hunk.chunks.push(chunk);
    chunk.lines.push({ kind, text: line.slice(1) });
    hunk.diff += `${line === '' ? ' ' : line}\n`;
  }

  #checkWhole({ chunks, path, atLine }: Extract<OpenHunk, { kind: 'update' }>): void {
    const isWhole = chunks.length > 0 && chunks.every(({ lines }) => lines.length > 0);
    if (!isWhole) throw this.#invalid(atLine, `Update file hunk for path '${path}' is empty`);
  }

  #invalid(atLine: number, what: string): PatchError {
    return new PatchError(`invalid hunk at line ${atLine}, ${what}`);
  }
}

/** Reads a whole patch; throws PatchError. */
export function readPatch(text: string): readonly PatchHunk[] {
  const reader = new PatchReader();
  reader.push(text.trim());
  return reader.end();
}

function pathBehind(marker: string, header: string): string | undefined {
  const path = header.startsWith(marker) ? header.slice(marker.length).trim() : '';
  return path === '' ? undefined : path;
}

function asHunk(hunk: OpenHunk): PatchHunk {
  switch (hunk.kind) {
    case 'add':
      return { kind: 'add', path: hunk.path, lines: hunk.lines };
    case 'delete':
      return { kind: 'delete', path: hunk.path };
    case 'update': {
      const { path, moveTo, chunks } = hunk;
      return { kind: 'update', path, moveTo, chunks };
    }
  }
}

const firstLine = (): PatchError =>
  new PatchError(`invalid patch: The first line of the patch must be '${BEGIN}'`);
const lastLine = (): PatchError =>
  new PatchError(`invalid patch: The last line of the patch must be '${END}'`);
