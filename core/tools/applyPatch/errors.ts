import { ProductError } from '../../base/index.ts';

/** A patch that cannot be applied; nothing has been changed. Its message is for the model. */
export class PatchError extends ProductError {
  readonly code = 'patch';
  readonly retryable = false;
}
