import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import process from 'node:process';
import { hasCode } from '../base/index.ts';

/** Readable and writable by the user alone. */
export const PRIVATE_FILE_MODE = 0o600;
const PRIVATE_FOLDER_MODE = 0o700;

/**
 * Creates a folder and its parents for the user alone; one that exists keeps its mode. Resolves to the
 * topmost folder that had to be made, if any.
 */
export async function ensurePrivateFolder(path: string): Promise<string | undefined> {
  return makeFolders(path, PRIVATE_FOLDER_MODE);
}

/**
 * Creates a folder and its parents; one that exists stays as it is. Resolves to the topmost folder that had to be
 * made, if any. Node's own never ends, with a processor busy, where the system says of a folder that is there that
 * it is not, as `/proc` does.
 */
export async function makeFolders(path: string, mode?: number): Promise<string | undefined> {
  const whole = resolve(path);
  try {
    return await makeFolder(whole, mode);
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(whole) === whole) throw error;
  }
  const topmost = await makeFolders(dirname(whole), mode);
  const own = await makeFolder(whole, mode);
  return topmost ?? own;
}

/** The path where it had to be made; undefined where it was there. */
async function makeFolder(path: string, mode: number | undefined): Promise<string | undefined> {
  try {
    await mkdir(path, mode);
    return path;
  } catch (error) {
    const isThere = await stat(path).then(
      (facts) => facts.isDirectory(),
      () => false,
    );
    if (isThere) return undefined;
    throw error;
  }
}

/** `ensurePrivateFolder` for what has to be done before anything else can run. */
export function ensurePrivateFolderSync(path: string): void {
  const whole = resolve(path);
  try {
    makePrivateFolderSync(whole);
    return;
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(whole) === whole) throw error;
  }
  ensurePrivateFolderSync(dirname(whole));
  makePrivateFolderSync(whole);
}

function makePrivateFolderSync(path: string): void {
  try {
    mkdirSync(path, PRIVATE_FOLDER_MODE);
  } catch (error) {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}

/** Resolves when the names in a folder survive a power cut, as far as the file system promises it. */
export async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders, and puts their names on the disk with the files.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } catch (error) {
    // Some network and container file systems sync files only.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    await folder.close();
  }
}

/** More than any file of settings that a person writes. */
const MAX_SETTINGS_BYTES = 4 * 1024 * 1024;

/**
 * The text of a file that a person may have put in its place; throws what the file system throws. A pipe, which
 * would be waited for, a device, which may never end, and what is far too large are refused in words.
 */
export function readSettingsText(path: string): string {
  const facts = statSync(path);
  if (!facts.isFile() && !facts.isDirectory()) throw new Error('it is no ordinary file');
  if (facts.size > MAX_SETTINGS_BYTES) throw new Error('it is larger than 4 MiB');
  return readFileSync(path, 'utf8');
}

/**
 * Replaces a file as a whole: a reader sees the old content or the new one, never a part, also after
 * a crash. The file ends up with mode 600 unless told otherwise; missing folders are created.
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode: number = PRIVATE_FILE_MODE,
): Promise<void> {
  await ensurePrivateFolder(dirname(path));
  const draft = draftPath(path);
  try {
    await writeDraft(draft, content, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** A name beside `path` that no other process uses; it must be on the same file system to be moved. */
export function draftPath(path: string): string {
  return `${path}.${randomUUID()}.tmp`;
}

/** Writes a new file down to the disk. */
async function writeDraft(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
