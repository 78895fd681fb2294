import type { TurnFileChanges, TurnFileChangesOptions } from './fileChanges/index.ts';

export type { TurnFileChanges };

/** Follows the files that a turn changes. */
export async function loadTurnFileChanges(
  options: TurnFileChangesOptions,
): Promise<TurnFileChanges> {
  const { TurnFileChanges } = await import('./fileChanges/index.ts');
  return new TurnFileChanges(options);
}
