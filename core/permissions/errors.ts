import { ProductError } from '../base/index.ts';

/** Permissions that cannot be as they were asked for, in words for whoever asked. */
export class PermissionsError extends ProductError {
  readonly code = 'permissions';
  readonly retryable = false;
}
