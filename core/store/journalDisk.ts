import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';

import { hasCode } from '../base/index.ts';
import { ensurePrivateFolder, PRIVATE_FILE_MODE, syncFolder } from '../platform/index.ts';

/** A file that only grows. */
export interface GrowingFile {
  /**
   * Writes behind the last byte, all or (when it throws) an unknown part. A file deleted meanwhile is
   * there again with all it held; one put in its place, or made shorter, is gone on with. Where nothing is
   * left of what it held, `head` is written first.
   */
  append(bytes: Uint8Array, head: () => Uint8Array): Promise<Appended>;
  /** Resolves when what was appended, and the file itself, survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export type Appended = {
  readonly sizeBytes: number;
  /** Somebody has taken away of what it held. */
  readonly wasShortened: boolean;
};

/** What is known of a file that was open before. */
export type KnownFile = {
  /** How much of it was whole lines. */
  readonly wholeBytes: number;
  /** A write failed, and may have left something behind those. */
  readonly isTorn: boolean;
};

export type OpenedFile = { readonly file: GrowingFile; readonly sizeBytes: number };

/** What a journal needs of a disk. */
export interface JournalDisk {
  /**
   * Opens a file at the end of its last whole line, or at that of the last good write where one failed;
   * what a crash or a full disk left behind it is cut. A file that is not there is created, and its folders.
   */
  open(path: string, known: KnownFile | undefined): Promise<OpenedFile>;
}

/**
 * Linux syncs a write to a file that was opened so before the write is done. That is one turn of the thread
 * pool where a write and a sync are two, with the event loop, busy with the request, in between. macOS has the
 * flag, too, but leaves the data in the drive's cache, and Windows has none.
 */
const WRITES_ARE_DURABLE = process.platform === 'linux';

const APPENDING =
  constants.O_RDWR |
  constants.O_CREAT |
  constants.O_APPEND |
  (WRITES_ARE_DURABLE ? constants.O_DSYNC : 0);

const openToAppend = async (path: string): Promise<FileHandle> =>
  open(path, APPENDING, PRIVATE_FILE_MODE);

/** The disk of this computer; new files and folders are the user's alone. */
export const systemDisk: JournalDisk = {
  async open(path, known) {
    const folder = dirname(path);
    const topmostNew = await ensurePrivateFolder(folder);
    const handle = await openToAppend(path);
    try {
      const { size, ino, dev } = await handle.stat();
      const { wholeBytes = 0, isTorn = false } = known ?? {};
      const isCutThere = isTorn && wholeBytes <= size;
      const sizeBytes = isCutThere ? wholeBytes : await endOfLastLine(handle, size);
      if (sizeBytes < size) await handle.truncate(sizeBytes);
      // Whoever finds the file empty is the first to write it, and puts its name on the disk too.
      const changed = sizeBytes === 0 ? foldersWithNewNames(folder, topmostNew) : [];
      const isShortened = sizeBytes < wholeBytes;
      const opened = { path, handle, identity: { ino, dev }, changed, sizeBytes, isShortened };
      return { file: new SystemFile(opened), sizeBytes };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
};

/** The folder of a new file and, where it is new itself, those up to the one that was there before. */
function foldersWithNewNames(folder: string, topmostNew: string | undefined): readonly string[] {
  const folders = [folder];
  if (topmostNew === undefined) return folders;
  for (let current = folder; current.length >= topmostNew.length;) {
    current = dirname(current);
    folders.push(current);
  }
  return folders;
}

/** Begins at once, while the content is being written; a failure is told to whoever awaits it. */
function syncFolders(folders: readonly string[]): Promise<void> {
  const syncing = Promise.all(folders.map(async (folder) => syncFolder(folder)));
  syncing.catch(() => undefined);
  return syncing.then(() => undefined);
}

/** What a file is beside its name; no other has it while somebody has this one open. */
type Identity = Pick<Stats, 'ino' | 'dev'>;

class SystemFile implements GrowingFile {
  readonly #path: string;
  #handle: FileHandle;
  #identity: Identity;
  /** Where it ends, as far as we know. */
  #sizeBytes: number;
  /** It was found shorter than it had been, and nobody was told yet. */
  #isShortened: boolean;
  /** Resolves when its name, and those of new folders above it, are on the disk. */
  #named: Promise<void>;

  constructor(opened: {
    readonly path: string;
    readonly handle: FileHandle;
    readonly identity: Identity;
    /** Folders with entries that may not be on the disk yet. */
    readonly changed: readonly string[];
    readonly sizeBytes: number;
    readonly isShortened: boolean;
  }) {
    this.#path = opened.path;
    this.#handle = opened.handle;
    this.#identity = opened.identity;
    this.#sizeBytes = opened.sizeBytes;
    this.#isShortened = opened.isShortened;
    this.#named = syncFolders(opened.changed);
  }

  async append(bytes: Uint8Array, head: () => Uint8Array): Promise<Appended> {
    const endBytes = this.#sizeBytes;
    const written = this.#isShortened && endBytes === 0 ? Buffer.concat([head(), bytes]) : bytes;
    // Side by side, because clients wait for the slower of both, but the look, which is quick, not in the step in
    // which somebody may be putting a request together. One look at the name says all: no other file has our inode
    // while we have it open.
    const writing = writeWhole(this.#handle, written);
    const [named] = await Promise.all([this.#lookSoon(), writing]);
    const writtenBytes = endBytes + written.byteLength;
    // The look may have been quicker than the write.
    const isAsLeft = named?.size === endBytes || named?.size === writtenBytes;
    if (isAsLeft && this.#isNamed(named)) this.#sizeBytes = writtenBytes;
    else await this.#repair(bytes, written, head);
    const wasShortened = this.#isShortened;
    this.#isShortened = false;
    return { sizeBytes: this.#sizeBytes, wasShortened };
  }

  async #lookSoon(): Promise<Stats | undefined> {
    await setImmediate();
    return statIfThere(this.#path);
  }

  async sync(): Promise<void> {
    await Promise.all([WRITES_ARE_DURABLE ? undefined : this.#handle.datasync(), this.#named]);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  /**
   * Somebody was at the file. What was written just now is to stand behind the last whole line of what bears the
   * name: whoever has made it shorter may have left a part of a line, which would spoil the next one.
   */
  async #repair(bytes: Uint8Array, written: Uint8Array, head: () => Uint8Array): Promise<void> {
    const heldBytes = this.#sizeBytes;
    const named = await statIfThere(this.#path);
    const isReplaced = named !== undefined && !this.#isNamed(named);
    if (!this.#isNamed(named)) await this.#takeName(isReplaced);
    const { size } = await this.#handle.stat();
    let keptBytes = size;
    if (!isReplaced) {
      if (size >= heldBytes + written.byteLength) {
        this.#sizeBytes = size;
        return;
      }
      if (await endsWith(this.#handle, size, written)) keptBytes -= written.byteLength;
    }
    const wholeBytes = await endOfLastLine(this.#handle, keptBytes);
    if (wholeBytes < size) await this.#handle.truncate(wholeBytes);
    this.#isShortened ||= wholeBytes < heldBytes;
    const again = this.#isShortened && wholeBytes === 0 ? Buffer.concat([head(), bytes]) : bytes;
    await writeWhole(this.#handle, again);
    this.#sizeBytes = wholeBytes + again.byteLength;
  }

  /** Goes on with the file that bears the name: another one, or a new one with all that ours held. */
  async #takeName(isReplaced: boolean): Promise<void> {
    const topmostNew = await ensurePrivateFolder(dirname(this.#path));
    const handle = await openToAppend(this.#path);
    try {
      // The system keeps a deleted file for whoever has it open.
      if (!isReplaced) await handle.writeFile(await readWhole(this.#handle));
      const { ino, dev } = await handle.stat();
      this.#identity = { ino, dev };
    } catch (error) {
      await handle.close();
      throw error;
    }
    await this.#handle.close();
    this.#handle = handle;
    this.#named = syncFolders(foldersWithNewNames(dirname(this.#path), topmostNew));
  }

  #isNamed(named: Stats | undefined): boolean {
    return named?.ino === this.#identity.ino && named.dev === this.#identity.dev;
  }
}

async function statIfThere(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function readWhole(file: FileHandle): Promise<Buffer> {
  const { size: sizeBytes } = await file.stat();
  const content = Buffer.alloc(sizeBytes);
  const { bytesRead } = await file.read(content, 0, sizeBytes, 0);
  return content.subarray(0, bytesRead);
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, done);
    done += bytesWritten;
  }
}

async function endsWith(file: FileHandle, size: number, bytes: Uint8Array): Promise<boolean> {
  const start = size - bytes.byteLength;
  if (start < 0) return false;
  const end = Buffer.alloc(bytes.byteLength);
  const { bytesRead } = await file.read(end, 0, end.byteLength, start);
  return end.subarray(0, bytesRead).equals(bytes);
}

/** The offset behind the last line end of a file, searched from its end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  for (let end = size; end > 0; end -= chunk.byteLength) {
    const start = Math.max(0, end - chunk.byteLength);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const index = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (index >= 0) return start + index + 1;
  }
  return 0;
}
