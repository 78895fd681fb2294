import { ProductError } from '../base/index.ts';

/** Something is asked of the disk that nobody may ask; what the system itself refuses is thrown as it is. */
export class FileRefusal extends ProductError {
  readonly code = 'fileRefused';
  readonly retryable = false;
}
