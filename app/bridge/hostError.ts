import { ProductError } from '../../core/base/index.ts';

/** Why there is no way to the engine now, as far as its host tells. */
export type HostErrorCode = 'hostGone' | 'addressExpired' | 'engineAway';

/** The host did not connect the page to the engine. */
export class HostError extends ProductError {
  readonly code: HostErrorCode;
  readonly retryable = true;

  constructor(code: HostErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
