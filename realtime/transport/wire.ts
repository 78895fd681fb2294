import { ProductError, textHead } from '../../core/base/index.ts';

/** How a wire ended: the far side's close code and reason, or the fault that cut it. */
export type WireClose = {
  /** RFC 6455 §7.4 code; 1006 when the link went without a close frame. */
  readonly code: number;
  readonly reason: string;
  /** Set when a fault on our side of the socket ended it (reset, protocol error, no pong). */
  readonly fault?: string;
};

/**
 * Carries Realtime event frames to one server. Delivers in order, calls `onClose` exactly once, and
 * never calls back synchronously from `send`.
 */
export interface RealtimeWire {
  /** Sends one text frame; after a close it does nothing. `onWritten` runs when the frame has left. */
  send(frame: string, onWritten?: () => void): void;
  /** Bytes handed over and not yet written to the link. */
  readonly bufferedBytes: number;
  /** Says goodbye (RFC 6455 §7.1.2) and cuts the link when no answer comes within a second. */
  close(code: number, reason: string): void;
  onFrame: ((frame: string) => void) | undefined;
  onClose: ((close: WireClose) => void) | undefined;
  /** Takes nothing more from the server until then, where the wire can; what it has taken still comes. */
  hold?(until: Promise<void>): void;
  /** A wire that mends itself after a drop says so before each try; what is sent meanwhile waits. */
  onReconnecting?: ((attempt: number, detail: string) => void) | undefined;
  /** It is whole again; what has waited goes out with `release`, what is sent before that first. */
  onReconnected?: ((release: () => void) => void) | undefined;
}

export type ConnectFailure =
  | { readonly kind: 'timeout'; readonly afterMs: number }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'refused'; readonly cause: string }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body: string;
      readonly retryAfter: string | undefined;
    };

/** As much of a refusal's text as is worth keeping. */
export const MAX_ERROR_BODY_CHARS = 500;

/** A refusal by status, with what its body says in words. */
export function statusFailure(
  status: number,
  body: string,
  retryAfter: string | undefined,
): ConnectFailure {
  return { kind: 'status', status, body: readableBody(body), retryAfter };
}

/** The sentence inside an OpenAI-shaped error body, else the start of the body itself. */
function readableBody(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && 'error' in parsed) {
      const { error } = parsed;
      if (typeof error === 'object' && error !== null && 'message' in error) {
        return String(error.message);
      }
    }
  } catch {
    // Not JSON: the text itself is the best there is.
  }
  return textHead(body.trim(), MAX_ERROR_BODY_CHARS);
}

/** The Realtime server could not be reached or would not take the session. */
export class RealtimeConnectError extends ProductError {
  readonly code = 'realtimeConnect';
  readonly retryable: boolean;
  readonly failure: ConnectFailure;

  constructor(target: URL, failure: ConnectFailure, options?: { cause?: unknown }) {
    super(describeFailure(target, failure), options);
    this.failure = failure;
    this.retryable =
      failure.kind === 'timeout' ||
      failure.kind === 'refused' ||
      (failure.kind === 'status' && (failure.status === 429 || failure.status >= 500));
  }
}

function describeFailure(target: URL, failure: ConnectFailure): string {
  const where = `the realtime server at ${target.host}`;
  switch (failure.kind) {
    case 'timeout':
      return `No answer from ${where} within ${failure.afterMs / 1000} s`;
    case 'aborted':
      return `Connecting to ${where} was stopped`;
    case 'refused':
      return `Cannot reach ${where}: ${failure.cause}`;
    case 'status': {
      const detail = failure.body === '' ? '' : `: ${failure.body}`;
      return `${capitalised(where)} answered HTTP ${failure.status}${hint(failure.status)}${detail}`;
    }
  }
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function hint(status: number): string {
  if (status === 401) return ' (the key is missing or wrong)';
  if (status === 403) return ' (this key may not use realtime)';
  if (status === 404) return ' (wrong address or unknown model)';
  if (status === 429) return ' (too many requests or out of quota)';
  return '';
}
