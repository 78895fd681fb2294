import { ProductError } from '../../base/index.ts';
import type { ModelError } from '../contract/index.ts';
import type { HttpFailure } from '../http/index.ts';

/** How a handshake came to nothing. */
export type HandshakeFailure =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'connection'; readonly failure: HttpFailure };

/** No socket could be opened. */
export class HandshakeError extends ProductError {
  readonly code = 'handshake';
  readonly retryable: boolean;
  readonly failure: HandshakeFailure;
  /** The same in the words of a failed request. */
  readonly error: ModelError;

  constructor(failure: HandshakeFailure, error: ModelError) {
    super(error.message, { cause: error });
    this.retryable = error.retryable;
    this.failure = failure;
    this.error = error;
  }

  get isKeyRefused(): boolean {
    return this.failure.kind === 'status' && this.failure.status === UNAUTHORIZED;
  }
}

/**
 * Whether a failure says anything about the endpoint, and not just about this moment: it does, it does
 * not, or that depends on whether HTTP fares better.
 */
export type WhenToRemember = 'now' | 'whenHttpWorks' | 'never';

export type AfterHandshake =
  | { readonly go: 'again' }
  | {
      readonly go: 'http';
      readonly remember: WhenToRemember;
      /** Whether people are told; a server that asks for HTTP is no trouble. */
      readonly tell: boolean;
    };

const UPGRADE_REQUIRED = 426;
const BAD_REQUEST = 400;
const UNAUTHORIZED = 401;
const ATTEMPTS = 2;

/**
 * What follows the n-th failed handshake of a request (from 1; one that was begun ahead counts).
 * A server that hangs has cost enough, one that says why will say it again; others get one more try.
 */
export function afterHandshake(failure: HandshakeFailure, failed: number): AfterHandshake {
  if (failure.kind === 'status') {
    const { status } = failure;
    if (status === UPGRADE_REQUIRED) return { go: 'http', remember: 'now', tell: false };
    if (status === BAD_REQUEST) return { go: 'http', remember: 'now', tell: true };
    // The key is at fault and not the socket, as a rule: the request itself will say so.
    if (status === UNAUTHORIZED) return { go: 'http', remember: 'whenHttpWorks', tell: false };
    return failed < ATTEMPTS ? { go: 'again' } : { go: 'http', remember: 'now', tell: true };
  }
  switch (failure.failure) {
    case 'connectTimeout':
      return { go: 'http', remember: 'now', tell: true };
    case 'unreachable':
      // Without a network HTTP fails alike, and afterwards the sockets may well be fine.
      return failed < ATTEMPTS ? { go: 'again' } : { go: 'http', remember: 'never', tell: true };
    case 'invalid':
    case 'aborted':
      return { go: 'http', remember: 'never', tell: false };
    case 'broken':
    case 'headersTimeout':
    case 'idleTimeout':
      return failed < ATTEMPTS ? { go: 'again' } : { go: 'http', remember: 'now', tell: true };
  }
}
