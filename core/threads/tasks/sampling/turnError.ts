import { errorText } from '../../../base/index.ts';
import { ModelError } from '../../../model/index.ts';
import type { TurnError } from '../../../protocol/index.ts';

/** What went wrong, as the end of a turn tells it. */
export function asTurnError(error: unknown): TurnError {
  if (error instanceof ModelError) {
    return {
      message: error.message,
      codexErrorInfo: error.info,
      additionalDetails: error.details ?? null,
    };
  }
  return { message: errorText(error), codexErrorInfo: 'other', additionalDetails: null };
}
