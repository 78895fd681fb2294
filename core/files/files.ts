import { constants } from 'node:fs';
import {
  copyFile,
  cp,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  rm,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises';
import { isAbsolute, join, parse, resolve } from 'node:path';

import { hasCode } from '../base/index.ts';
import { makeFolders } from '../platform/index.ts';
import type { FsGetMetadataResponse, FsReadDirectoryResponse } from '../protocol/index.ts';
import { FileRefusal } from './errors.ts';

/** What a message can carry in base64, with room for what waits beside it. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;
/** A pipe that nobody has at its other end would be waited for; Windows knows no such pipes. */
const WITHOUT_WAITING = process.platform === 'win32' ? 0 : constants.O_NONBLOCK;

// What the system refuses is thrown as the system says it; `FileRefusal` is for what is refused before.

/** All bytes of an ordinary file, up to 16 MiB. */
export async function readWholeFile(path: string): Promise<Buffer> {
  checkAbsolute(path);
  const file = await open(path, constants.O_RDONLY | WITHOUT_WAITING);
  try {
    await checkOrdinary(file, path);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    // By what comes and not by the size it has: files of /proc have none, others grow.
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES));
      if (bytesRead === 0) return Buffer.concat(chunks);
      sizeBytes += bytesRead;
      if (sizeBytes > MAX_READ_BYTES) throw new FileRefusal(`\`${path}\` is larger than 16 MiB`);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

/** Replaces what a file has; one that is not there is made, its folder is not. */
export async function writeWholeFile(path: string, bytes: Uint8Array): Promise<void> {
  checkAbsolute(path);
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | WITHOUT_WAITING);
  try {
    await checkOrdinary(file, path);
    await file.truncate(0);
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}

export async function createFolder(path: string, isRecursive: boolean): Promise<void> {
  checkAbsolute(path);
  await (isRecursive ? makeFolders(path) : mkdir(path));
}

/** What a path leads to. */
export async function describePath(path: string): Promise<FsGetMetadataResponse> {
  checkAbsolute(path);
  const [own, facts] = await Promise.all([lstat(path), stat(path)]);
  return {
    isDirectory: facts.isDirectory(),
    isFile: facts.isFile(),
    isSymlink: own.isSymbolicLink(),
    createdAtMs: Math.max(0, Math.trunc(facts.birthtimeMs)),
    modifiedAtMs: Math.trunc(facts.mtimeMs),
  };
}

/** What lies in a folder, by name; a link that leads nowhere is neither file nor folder. */
export async function readFolder(path: string): Promise<FsReadDirectoryResponse['entries']> {
  checkAbsolute(path);
  const entries: FsReadDirectoryResponse['entries'] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const facts = entry.isSymbolicLink()
      ? await stat(join(path, entry.name)).catch(() => entry)
      : entry;
    entries.push({
      fileName: entry.name,
      isDirectory: facts.isDirectory(),
      isFile: facts.isFile(),
    });
  }
  return entries.toSorted((one, other) => (one.fileName < other.fileName ? -1 : 1));
}

export async function removePath(
  path: string,
  { isRecursive, isForced }: { readonly isRecursive: boolean; readonly isForced: boolean },
): Promise<void> {
  checkAbsolute(path);
  if (resolve(path) === parse(resolve(path)).root) {
    throw new FileRefusal(`\`${path}\` is the root of the file system and is not removed`);
  }
  if (isRecursive) {
    await rm(path, { recursive: true, force: isForced });
    return;
  }
  try {
    const facts = await lstat(path);
    await (facts.isDirectory() ? rmdir(path) : unlink(path));
  } catch (error) {
    if (!isForced || !hasCode(error, 'ENOENT')) throw error;
  }
}

/** Copies a file, or a folder with all that is in it; what is there under the same name is replaced. */
export async function copyPath(from: string, to: string, isRecursive: boolean): Promise<void> {
  checkAbsolute(from, 'sourcePath');
  checkAbsolute(to, 'destinationPath');
  const facts = await stat(from);
  if (facts.isFile()) {
    await copyFile(from, to);
    return;
  }
  if (!facts.isDirectory()) throw notOrdinary(from);
  if (!isRecursive) {
    throw new FileRefusal('fs/copy requires recursive: true when sourcePath is a directory');
  }
  try {
    await cp(from, to, { recursive: true, verbatimSymlinks: true });
  } catch (error) {
    if (!hasCode(error, 'ERR_FS_CP_EINVAL')) throw error;
    throw new FileRefusal('fs/copy cannot copy a directory to itself or one of its descendants', {
      cause: error,
    });
  }
}

function checkAbsolute(path: string, field = 'path'): void {
  if (!isAbsolute(path)) {
    throw new FileRefusal(`Invalid request: \`${path}\` at \`${field}\` is no absolute path`);
  }
}

async function checkOrdinary(file: FileHandle, path: string): Promise<void> {
  if (!(await file.stat()).isFile()) throw notOrdinary(path);
}

const notOrdinary = (path: string): FileRefusal =>
  new FileRefusal(`path \`${path}\` is not a file`);
