import type { createEngine } from '../../core/index.ts';

export type CreateEngine = typeof createEngine;

/** Loads the engine only when somebody needs it: it is large, and hosts must be up before it. */
export async function loadEngine(): Promise<CreateEngine> {
  const core = await import('../../core/index.ts');
  return core.createEngine;
}
