import { ProductError } from '../../base/index.ts';
import { CommitError, commitEdits, type FileEdit } from './commitEdits.ts';
import { digestOf, readState } from './fileState.ts';
import { inParallel } from './inParallel.ts';
import { realName } from './location.ts';
import type { ChangedFile } from './turnFileChanges.ts';

/** The files cannot be taken back to what they were; nothing has been changed. In words for people. */
class UndoError extends ProductError {
  readonly code = 'undo';
  readonly retryable = false;
}

/** More names than anybody reads. */
const MAX_NAMED = 5;

/**
 * Takes files back to what they were before a turn, all of them or none. Refuses, naming them, where files are
 * no longer what the turn had left. Resolves with the paths of those that were changed by it.
 */
export async function undoFileChanges(files: readonly ChangedFile[]): Promise<readonly string[]> {
  const lost = files.filter(({ before }) => before === 'tooMuch');
  if (lost.length > 0) throw new UndoError(`What these held is not kept: ${named(lost)}`);
  const edits = await inParallel(files, undoingEdit);
  const changed = files.filter((_file, index) => edits[index] === 'changed');
  if (changed.length > 0) {
    throw new UndoError(
      `Changed since by something else, so nothing was taken back: ${named(changed)}`,
    );
  }
  const open = edits.filter((edit): edit is FileEdit => typeof edit === 'object');
  try {
    await commitEdits(open);
  } catch (error) {
    if (!(error instanceof CommitError)) throw error;
    throw new UndoError(`Nothing was taken back: ${error.message}`, { cause: error });
  }
  return open.map(({ path }) => path);
}

async function undoingEdit({
  path,
  at,
  before,
  after,
}: ChangedFile): Promise<FileEdit | 'same' | 'changed'> {
  const state = await readState(at).catch(() => 'unreadable' as const);
  // A link on the way would lead to files that the turn has never touched.
  if (state === 'unreadable' || (await realName(at)) !== at) return 'changed';
  if (digestOf(state) !== after) return 'changed';
  if (before === 'tooMuch' || digestOf(before) === after) return 'same';
  return { path, at, before: state, after: before };
}

function named(files: readonly { readonly path: string }[]): string {
  const names = files.slice(0, MAX_NAMED).map(({ path }) => path);
  const more = files.length - names.length;
  return names.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
