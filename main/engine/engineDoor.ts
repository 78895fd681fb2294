import { ProductError } from '../../core/base/index.ts';
import type { CreateEngine } from './contract.ts';

/** This build was made before the engine was there. */
class EngineMissingError extends ProductError {
  readonly code = 'engineMissing';
  readonly retryable = false;

  constructor() {
    super('This build has no engine yet, so it can neither talk nor answer.');
  }
}

/** Loads the engine only when somebody needs it: it is large, and hosts must be up before it. */
export async function loadEngine(): Promise<CreateEngine> {
  throw new EngineMissingError();
}
