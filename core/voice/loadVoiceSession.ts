import { ProductError } from '../base/index.ts';
import type { VoiceSession } from './voiceSession.ts';

/** A file of the product is gone, as when it was installed anew while it ran. */
class PartMissingError extends ProductError {
  readonly code = 'partMissing';
  readonly retryable = false;
}

/** What a running session is made of, loaded once. Throws a ProductError where that cannot be had. */
export async function loadVoiceSession(): Promise<typeof VoiceSession> {
  try {
    return (await import('./voiceSession.ts')).VoiceSession;
  } catch (cause) {
    const message = 'A part of Parley that voice needs is no longer there; start Parley again';
    throw new PartMissingError(message, { cause });
  }
}
