import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

/** How much of a file is taken in at a time. */
const CHUNK_BYTES = 1024 * 1024;
const TAIL_BYTES = 64;
const NEWLINE = 0x0a;

/** How far a file was read, and its last bytes until there: another file of the same name has others. */
export type ReadUntil = { readonly bytes: number; readonly tail: Uint8Array };

export const FROM_START: ReadUntil = { bytes: 0, tail: new Uint8Array() };

export type GrownLines = {
  readonly lines: readonly string[];
  /** It is not what was read before: these lines are its first. */
  readonly isAnew: boolean;
  readonly until: ReadUntil;
  /** There are whole lines behind these. */
  readonly hasMore: boolean;
};

/**
 * The whole lines behind what was read of a file, up to about a megabyte of them. In one go and without waiting, for
 * a thread that does nothing else. Throws what the system throws.
 */
export function readGrown(path: string, before: ReadUntil): GrownLines {
  // Opening a pipe would wait for somebody to write into it.
  if (!statSync(path).isFile()) throw new TypeError('it is no file');
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const isAnew = before.bytes > size || !tailAt(file, before).equals(before.tail);
    const from = isAnew ? FROM_START : before;
    const { bytes, hasMore } = wholeLines(file, from.bytes, size);
    const lines = bytes.toString('utf8').split('\n');
    // What stands behind the last line's end.
    lines.pop();
    const tail = Buffer.concat([from.tail, bytes]).subarray(-TAIL_BYTES);
    const until = { bytes: from.bytes + bytes.byteLength, tail };
    return { lines, isAnew, until, hasMore };
  } finally {
    closeSync(file);
  }
}

function tailAt(file: number, { bytes, tail }: ReadUntil): Buffer {
  return readAt(file, bytes - tail.byteLength, tail.byteLength);
}

function wholeLines(
  file: number,
  from: number,
  size: number,
): { readonly bytes: Buffer; readonly hasMore: boolean } {
  for (let length = CHUNK_BYTES; ; length *= 2) {
    const wanted = Math.min(length, size - from);
    const bytes = readAt(file, from, wanted);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const isAll = wanted < length || bytes.byteLength < wanted;
    if (end > 0 || isAll) return { bytes: bytes.subarray(0, end), hasMore: !isAll };
  }
}

function readAt(file: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, length));
  let read = 0;
  while (read < bytes.byteLength) {
    const got = readSync(file, bytes, read, bytes.byteLength - read, from + read);
    if (got === 0) break;
    read += got;
  }
  return bytes.subarray(0, read);
}
