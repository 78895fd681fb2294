import { ProductError } from '../base/index.ts';

export type AuthErrorCode =
  /** Nothing that could be sent as a bearer is configured. */
  | 'credentialMissing'
  /** The configured program did not yield a token. */
  | 'credentialCommandFailed'
  /** The stored key cannot be read. */
  | 'credentialStoreUnreadable'
  /** What somebody wants to store is no key. */
  | 'keyUnusable'
  /** The key to be stored, or its removal, cannot be written. */
  | 'credentialStoreUnwritable';

/** There is no credential for a request, so it must not be made. Never holds a secret. */
export class AuthError extends ProductError {
  readonly code: AuthErrorCode;
  readonly retryable: boolean;

  constructor(code: AuthErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'credentialCommandFailed';
  }
}
