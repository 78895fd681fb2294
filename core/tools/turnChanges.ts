import type { ChangedFile, TurnFileChanges, TurnFileChangesOptions } from './fileChanges/index.ts';

/** Follows the files that a turn changes. */
export async function loadTurnFileChanges(
  options: TurnFileChangesOptions,
): Promise<TurnFileChanges> {
  const { TurnFileChanges } = await import('./fileChanges/index.ts');
  return new TurnFileChanges(options);
}

/** Takes files back to what they were before a turn, all of them or none; throws UndoError. */
export async function undoFileChanges(files: readonly ChangedFile[]): Promise<readonly string[]> {
  const room = await import('./fileChanges/index.ts');
  return room.undoFileChanges(files);
}
