import { ProductError } from '../../../core/base/index.ts';

export type SpeechErrorCode = 'speechFailed' | 'speechClosed';

/** The offline voice could not say something. */
export class SpeechError extends ProductError {
  readonly code: SpeechErrorCode;
  /** A failed voice starts afresh with the next text; a closed one stays closed. */
  readonly retryable: boolean;

  constructor(code: SpeechErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'speechFailed';
  }
}
