import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { errorText, hasCode, ProductError } from '../../base/index.ts';
import { type FileContent, type FileState, NEW_FILE_MODE, readStamp } from './fileState.ts';
import { inParallel } from './inParallel.ts';

/** One name of the work tree that changes. */
export type FileEdit = {
  /** As people know it. */
  readonly path: string;
  /** Where that leads, no link left on the way. */
  readonly at: string;
  /** What stands there; undefined where nothing does. */
  readonly before: FileState | undefined;
  /** What is to stand there; a file without a mode gets that of a new one. Undefined takes it away. */
  readonly after: NewContent | undefined;
};

export type NewContent =
  | Extract<FileContent, { readonly kind: 'link' }>
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly mode: number | undefined };

/** The edits were not made; what had been done of them was taken back, but for what it says. */
export class CommitError extends ProductError {
  readonly code = 'commit';
  readonly retryable = false;
}

/** An edit under way, by names that nobody can lead elsewhere. */
type Staged = {
  readonly edit: FileEdit;
  readonly name: string;
  readonly draft: string | undefined;
  readonly backup: string;
};

/**
 * Makes all edits or none: everything is written beside its place first, then takes it, name by name, and
 * whatever fails takes back what was done. Files that have changed since they were looked at are left alone.
 */
export async function commitEdits(edits: readonly FileEdit[]): Promise<void> {
  const folders = new Folders();
  const drafts = new Set<string>();
  const done: Staged[] = [];
  try {
    const staged = await inParallel(edits, async (edit) => stage(edit, folders, drafts));
    await inParallel(staged, async (each) => {
      await swap(each, done);
      if (each.draft !== undefined) drafts.delete(each.draft);
    });
  } catch (error) {
    const left = await takeBack(done);
    await inParallel(Array.from(drafts), forget);
    await folders.removeMade();
    throw new CommitError(errorText(error) + left, { cause: error });
  } finally {
    // A backup that cannot be removed is one file too many; what was asked for has been done.
    await inParallel(done, async ({ backup, edit }) => edit.before && forget(backup));
    await folders.close();
  }
}

async function stage(edit: FileEdit, folders: Folders, drafts: Set<string>): Promise<Staged> {
  const { after, at } = edit;
  const folder = await folders.open(dirname(at), after !== undefined);
  const name = join(folder, basename(at));
  const backup = join(folder, hiddenName('old'));
  if (after === undefined) return { edit, name, draft: undefined, backup };
  const draft = join(folder, hiddenName('new'));
  drafts.add(draft);
  await writeDraft(draft, after);
  return { edit, name, draft, backup };
}

/** Short, because the name beside it may be as long as names can be. */
const hiddenName = (what: 'old' | 'new'): string =>
  `.parley-${randomBytes(6).toString('hex')}.${what}`;

async function writeDraft(draft: string, content: NewContent): Promise<void> {
  if (content.kind === 'link') {
    await symlink(content.target, draft);
    return;
  }
  const { bytes, mode = NEW_FILE_MODE } = content;
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(bytes);
    // What was there keeps its bits, whatever the mask of the process says.
    if (content.mode !== undefined) await file.chmod(content.mode);
  } finally {
    await file.close();
  }
}

async function swap(staged: Staged, done: Staged[]): Promise<void> {
  const { edit, name, draft, backup } = staged;
  if ((await readStamp(name)) !== edit.before?.stamp) {
    throw new Error(`${edit.path} has been changed by something else meanwhile`);
  }
  if (edit.before === undefined) {
    if (draft === undefined) return;
    await place(draft, name);
    done.push(staged);
    return;
  }
  if (draft === undefined) {
    await rename(name, backup);
    done.push(staged);
    return;
  }
  await setAside(name, backup);
  done.push(staged);
  await rename(draft, name);
}

/** Gives a draft its name where nobody has it yet; what somebody else has put there meanwhile stays. */
async function place(draft: string, name: string): Promise<void> {
  try {
    await link(draft, name);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    await rename(draft, name);
    return;
  }
  await unlink(draft);
}

/** Keeps a file under another name while its own is taken over; for a moment it has both. */
async function setAside(name: string, backup: string): Promise<void> {
  try {
    await link(name, backup);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    await rename(name, backup);
  }
}

/** Some file systems have no second names, and some systems give none to the files of others. */
const isWithoutLinks = (error: unknown): boolean =>
  hasCode(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES');

/** Undoes what was done, the last first; returns what people should know where that fails. */
async function takeBack(done: Staged[]): Promise<string> {
  const left: string[] = [];
  for (const { edit, name, backup } of done.toReversed()) {
    try {
      if (edit.before === undefined) await unlink(name);
      else await rename(backup, name);
    } catch (error) {
      const where = edit.before === undefined ? '' : ` (what it held lies in ${backup})`;
      left.push(`${edit.path}${where}: ${errorText(error)}`);
    }
  }
  done.length = 0;
  return left.length === 0 ? '' : `; not taken back: ${left.join(', ')}`;
}

async function forget(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

const FOLDER_FLAGS =
  process.platform === 'win32'
    ? constants.O_RDONLY
    : constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Folders that edits are made in. On Linux each is held, and reached by its descriptor, so that nobody can put
 * a link in its place between the look and the write; elsewhere it is looked at once more.
 */
class Folders {
  readonly #paths = new Map<string, Promise<string>>();
  readonly #handles: FileHandle[] = [];
  /** By names that lead nowhere else, in the order they were made. */
  readonly #made: string[] = [];

  /** How it is reached. Throws where links lead somewhere else by now. */
  async open(folder: string, mayMake: boolean): Promise<string> {
    const known = this.#paths.get(folder);
    if (known !== undefined) return known;
    const opened = this.#open(folder, mayMake);
    this.#paths.set(folder, opened);
    return opened;
  }

  async removeMade(): Promise<void> {
    for (const folder of this.#made.toReversed()) await rmdir(folder).catch(() => undefined);
  }

  async close(): Promise<void> {
    await Promise.all(this.#handles.map(async (handle) => handle.close()));
  }

  async #open(folder: string, mayMake: boolean): Promise<string> {
    try {
      return await this.#hold(folder);
    } catch (error) {
      if (!mayMake || !hasCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    }
    const name = join(await this.open(dirname(folder), true), basename(folder));
    try {
      await mkdir(name);
      this.#made.push(name);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    return this.#hold(folder);
  }

  async #hold(folder: string): Promise<string> {
    if (process.platform === 'win32') return checkedPath(folder);
    const handle = await open(folder, FOLDER_FLAGS);
    this.#handles.push(handle);
    if (process.platform !== 'linux') return checkedPath(folder);
    const held = `/proc/self/fd/${handle.fd}`;
    if ((await readlink(held)) !== folder) throw movedFolder(folder);
    return held;
  }
}

async function checkedPath(folder: string): Promise<string> {
  if ((await realpath(folder)) !== folder) throw movedFolder(folder);
  return folder;
}

const movedFolder = (folder: string): Error => new Error(`${folder} leads somewhere else by now`);
