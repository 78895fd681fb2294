import { isAbsolute, relative, sep } from 'node:path';

import type { FileEdit } from './commitEdits.ts';
import { digestOf, type FileContent, readStamp, readState } from './fileState.ts';
import { gitDiff } from './gitDiff.ts';
import { inParallel } from './inParallel.ts';

/** A file that a turn has changed: what it was when the turn first did so, and what it is. */
export type ChangedFile = {
  readonly path: string;
  readonly at: string;
  /** `tooMuch` where the turn has changed more than is held. */
  readonly before: FileContent | undefined | 'tooMuch';
  /** In short; undefined where nothing is there any more. */
  readonly after: string | undefined;
};

export type TurnFileChangesOptions = {
  /** What paths are shown relative to. */
  readonly folder: string;
  readonly tellDiff: (diff: string) => void;
  /** Told of files whose state is another one than when it was last told of them. */
  readonly keep: (files: readonly ChangedFile[]) => Promise<void>;
};

type Tracked = {
  readonly path: string;
  readonly at: string;
  /** By which name it was before, where it was moved. */
  readonly from: string | undefined;
  readonly before: FileContent | undefined | 'tooMuch';
  /** Undefined until it was looked at. */
  seen: Seen | undefined;
  /** In short, as it was when `keep` was last told of it. */
  kept: string | undefined;
  /** Its part of the diff, and what that was made of. */
  shown:
    | { readonly of: Seen | undefined; readonly source: Tracked | undefined; readonly text: string }
    | undefined;
};

type Seen = {
  readonly stamp: string | undefined;
  readonly content: FileContent | undefined;
  readonly digest: string | undefined;
};

/** The diff of a whole project is nobody's to read; files beyond it are left out. */
const MAX_DIFF_CHARACTERS = 4 * 1024 * 1024;
/** How much of what files held before is kept in memory for a turn. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

/**
 * The files that a turn's patches have touched, with what they were before the first of them. Whatever else
 * changes one of them, a command of the turn above all, is seen when it is looked at again.
 */
export class TurnFileChanges {
  readonly #options: TurnFileChangesOptions;
  readonly #tracked = new Map<string, Tracked>();
  #heldBytes = 0;
  #toldDiff = '';
  /** One look after the other. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: TurnFileChangesOptions) {
    this.#options = options;
  }

  /** These edits have been made. Resolves when people have been told what the turn comes to by now. */
  async made(edits: readonly FileEdit[], movedFrom: ReadonlyMap<string, string>): Promise<void> {
    for (const { path, at, before } of edits) {
      if (this.#tracked.has(at)) continue;
      // What is put where something else was is no longer the one that was moved.
      const from = before === undefined ? movedFrom.get(path) : undefined;
      const held = this.#held(before);
      const kept = digestOf(before);
      const unseen = { seen: undefined, shown: undefined };
      this.#tracked.set(at, { path, at, from, before: held, kept, ...unseen });
    }
    return this.look();
  }

  #held(before: FileContent | undefined): Tracked['before'] {
    this.#heldBytes += before?.kind === 'file' ? before.bytes.length : 0;
    return this.#heldBytes > MAX_HELD_BYTES && before !== undefined ? 'tooMuch' : before;
  }

  /** Looks at the files again; tells people where that comes to something else. */
  async look(): Promise<void> {
    const looking = this.#looking.then(async () => this.#look());
    this.#looking = looking.catch(() => undefined);
    return looking;
  }

  async #look(): Promise<void> {
    const files = Array.from(this.#tracked.values());
    await inParallel(files, seeAgain);
    const diff = this.#diff(files);
    if (diff !== this.#toldDiff) {
      this.#toldDiff = diff;
      this.#options.tellDiff(diff);
    }
    const changed = files.filter((file) => {
      const digest = file.seen?.digest;
      const isNews = digest !== file.kept;
      file.kept = digest;
      return isNews;
    });
    if (changed.length === 0) return;
    await this.#options.keep(
      changed.map(({ path, at, before, seen }) => ({ path, at, before, after: seen?.digest })),
    );
  }

  #diff(files: readonly Tracked[]): string {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const moves = new Map<Tracked, Tracked>();
    for (const file of files) {
      const source = byPath.get(file.from ?? '');
      // Only while the one is gone and the other is there it is a move.
      const isGone = source?.before !== undefined && source.seen?.content === undefined;
      if (isGone && file.seen?.content !== undefined) moves.set(file, source);
    }
    const moved = new Set(moves.values());
    let size = 0;
    return files
      .filter((file) => !moved.has(file))
      .toSorted((one, other) => (one.path < other.path ? -1 : 1))
      .map((file) => {
        const text = this.#partOf(file, moves.get(file));
        size += text.length;
        return size > MAX_DIFF_CHARACTERS ? '' : text;
      })
      .join('');
  }

  #partOf(file: Tracked, source: Tracked | undefined): string {
    const { path, seen, shown } = file;
    if (shown !== undefined && shown.of === seen && shown.source === source) return shown.text;
    const before = source === undefined ? file.before : source.before;
    const text =
      before === 'tooMuch'
        ? ''
        : gitDiff({
            path: this.#shownPath(path),
            movedFrom: source && this.#shownPath(source.path),
            before,
            after: seen?.content,
          });
    file.shown = { of: seen, source, text };
    return text;
  }

  #shownPath(path: string): string {
    const shown = relative(this.#options.folder, path);
    const isOutside = shown.split(sep)[0] === '..' || isAbsolute(shown);
    return (isOutside ? path.replace(/^\//u, '') : shown).replaceAll(sep, '/');
  }
}

/** Reads it again where it may have changed. What can no longer be read is as if it were gone. */
async function seeAgain(file: Tracked): Promise<void> {
  const stamp = await readStamp(file.at).catch(() => undefined);
  if (file.seen !== undefined && file.seen.stamp === stamp) return;
  const content = await readState(file.at).catch(() => undefined);
  file.seen = { stamp, content, digest: digestOf(content) };
}
