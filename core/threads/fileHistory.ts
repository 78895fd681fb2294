import type { ChangedFile } from '../tools/index.ts';
import type { NewRecord } from './history/index.ts';

type FileRecord = Extract<NewRecord, { readonly type: 'fileChanges' }>;
type RecordedFile = FileRecord['files'][number];

/** What of a turn's files is kept for taking them back. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;
const DATA = 'data:application/octet-stream;base64,';

/** Makes records of what a turn changes in files; what a file was before stands in the first one that has it. */
export class FileRecorder {
  readonly #known = new Set<string>();
  #keptBytes = 0;

  recordOf(turnId: string, files: readonly ChangedFile[]): FileRecord {
    return { type: 'fileChanges', turnId, files: files.map((file) => this.#recorded(file)) };
  }

  #recorded({ path, at, before, after }: ChangedFile): RecordedFile {
    const now = { path, at, after: after ?? null };
    if (this.#known.has(at)) return now;
    this.#known.add(at);
    return { ...now, before: this.#kept(before) };
  }

  #kept(before: ChangedFile['before']): NonNullable<RecordedFile['before']> {
    if (before === undefined) return { kind: 'nothing' };
    if (before === 'tooMuch') return { kind: 'tooMuch' };
    if (before.kind === 'link') return before;
    this.#keptBytes += before.bytes.length;
    if (this.#keptBytes > MAX_KEPT_BYTES) return { kind: 'tooMuch' };
    // An address of data, which the store puts aside into a file of its own where it is large.
    return { kind: 'file', mode: before.mode, data: DATA + before.bytes.toString('base64') };
  }
}

/** The files of a turn by all its records: what they were before the first, and after the last. */
export function changedFiles(records: readonly FileRecord[]): readonly ChangedFile[] {
  const files = new Map<string, ChangedFile>();
  for (const { path, at, before, after } of records.flatMap((record) => record.files)) {
    const known = files.get(at);
    const was = known === undefined ? contentOf(before) : known.before;
    files.set(at, { path, at, before: was, after: after ?? undefined });
  }
  return Array.from(files.values());
}

function contentOf(before: RecordedFile['before']): ChangedFile['before'] {
  switch (before?.kind) {
    case 'nothing':
      return undefined;
    case 'link':
      return before;
    case 'file': {
      // Something else stands there where the file with it is gone.
      if (!before.data.startsWith(DATA)) return 'tooMuch';
      const bytes = Buffer.from(before.data.slice(DATA.length), 'base64');
      return { kind: 'file', mode: before.mode, bytes };
    }
    case 'tooMuch':
    case undefined:
      return 'tooMuch';
  }
}
