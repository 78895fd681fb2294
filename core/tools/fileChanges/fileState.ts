import { createHash } from 'node:crypto';
import { type BigIntStats, constants } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';

import { hasCode, ProductError } from '../../base/index.ts';

/** What stands under a name: an ordinary file, or a symbolic link as such. */
export type FileContent =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string };

/** What stood there when it was looked at, and by what a change of it is known. */
export type FileState = FileContent & {
  readonly stamp: string;
  /** How many names the same file has. */
  readonly links: number;
};

/** Something is there that is no file that could be changed. */
class FileStateError extends ProductError {
  readonly code = 'fileState';
  readonly retryable = false;
}

/** Far more than a text that anybody changes by hand, and few enough to be held twice. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** What a new file gets before the mask of the process. */
export const NEW_FILE_MODE = 0o666;
const MODE_BITS = 0o7777n;

/** Windows knows neither; its links are followed. */
const ITSELF = process.platform === 'win32' ? 0 : constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What stands there now; undefined where nothing does. Throws FileStateError for what is no file. */
export async function readState(path: string): Promise<FileState | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | ITSELF);
    try {
      const facts = await file.stat({ bigint: true });
      if (facts.isDirectory()) throw new FileStateError('Is a directory (os error 21)');
      if (!facts.isFile()) throw new FileStateError('it is no ordinary file');
      if (facts.size > MAX_FILE_BYTES) throw new FileStateError('it is larger than 16 MiB');
      const bytes = await file.readFile();
      return { kind: 'file', bytes, ...factsOf(facts) };
    } finally {
      await file.close();
    }
  } catch (error) {
    // A link that is not followed, a socket, something on the way that is no folder.
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    if (!hasCode(error, 'ELOOP', 'EMLINK')) throw error;
  }
  const facts = await lstat(path, { bigint: true });
  return { kind: 'link', target: await readlink(path), ...factsOf(facts) };
}

/** By what a change of the file is known, without reading it; undefined where there is none. */
export async function readStamp(path: string): Promise<string | undefined> {
  try {
    return stampOf(await lstat(path, { bigint: true }));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** What of a file counts, in short; undefined where there is none. */
export function digestOf(content: FileContent | undefined): string | undefined {
  if (content === undefined) return undefined;
  if (content.kind === 'link') return `link ${content.target}`;
  const hash = createHash('sha256').update(content.bytes).digest('hex');
  return `${content.mode.toString(8)} ${hash}`;
}

const factsOf = (facts: BigIntStats) => ({
  mode: Number(facts.mode & MODE_BITS),
  links: Number(facts.nlink),
  stamp: stampOf(facts),
});

// Without the time of its names: a backup is one more of them for a moment.
const stampOf = ({ dev, ino, size, mode, mtimeNs }: BigIntStats): string =>
  [dev, ino, size, mode, mtimeNs].join(' ');
