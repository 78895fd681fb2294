import { ProductError } from '../../../core/base/index.ts';

export type RecognitionErrorCode =
  | 'recognitionFailed'
  | 'recognitionClosed'
  | 'recognitionCancelled';

/** The recogniser could not tell what was said, for a reason of its own. */
export class RecognitionError extends ProductError {
  readonly code: RecognitionErrorCode;
  /** After a failure the next utterance starts afresh; a closed recogniser stays closed. */
  readonly retryable: boolean;

  constructor(code: RecognitionErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = code === 'recognitionFailed';
  }
}
