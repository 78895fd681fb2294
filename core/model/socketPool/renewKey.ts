import { ProductError } from '../../base/index.ts';
import type { Key, ModelProvider } from '../contract/index.ts';

/** A connection that was opened with this key is answered with 401 now. */
class KeyExpiredError extends ProductError {
  readonly code = 'keyExpired';
  readonly retryable = false;
}

/**
 * Has the key renewed that an open connection was refused with, as a refused request has it; whether
 * there is another one now. Renews nothing where somebody else has done so since.
 */
export async function renewKey(
  provider: ModelProvider,
  refused: Key,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return await provider.authenticated({
      signal,
      isRefusal: (error) => error instanceof KeyExpiredError,
      send: async (key) => {
        if (isSame(key, refused)) throw new KeyExpiredError('The key has expired');
        return true;
      },
    });
  } catch (error) {
    // Without another key it goes by HTTP, which says what there is to say.
    if (error instanceof ProductError) return false;
    throw error;
  }
}

function isSame(left: Key, right: Key): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
  );
}
