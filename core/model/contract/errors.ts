import { ProductError } from '../../base/index.ts';
import type { CodexErrorInfo, RateLimitSnapshot } from '../../protocol/index.ts';

/** A sampling failed for good, or one attempt did. The message is one sentence for people. */
export class ModelError extends ProductError {
  readonly code = 'model';
  readonly retryable: boolean;
  /** The same failure for programs. */
  readonly info: CodexErrorInfo;
  /** The HTTP status, where there was one. */
  readonly httpStatus: number | undefined;
  /** What the provider said word for word, where that adds to the message. */
  readonly details: string | undefined;
  /** How long the provider asked to wait before a repeat. */
  readonly retryAfterMs: number | undefined;
  /** Nobody took the connection: waiting for the network, or for the server to start, may help. */
  readonly isUnreachable: boolean;
  /** What the refusal told about limits. */
  readonly rateLimits: readonly RateLimitSnapshot[];

  constructor(
    message: string,
    values: {
      info: CodexErrorInfo;
      retryable: boolean;
      httpStatus?: number | undefined;
      details?: string | undefined;
      retryAfterMs?: number | undefined;
      isUnreachable?: boolean;
      rateLimits?: readonly RateLimitSnapshot[];
      cause?: unknown;
    },
  ) {
    super(message, values.cause === undefined ? undefined : { cause: values.cause });
    this.info = values.info;
    this.retryable = values.retryable;
    this.httpStatus = values.httpStatus;
    this.details = values.details;
    this.retryAfterMs = values.retryAfterMs;
    this.isUnreachable = values.isUnreachable ?? false;
    this.rateLimits = values.rateLimits ?? [];
  }
}

/** The caller's signal ended the sampling. */
export class ModelAbortedError extends ProductError {
  readonly code = 'modelAborted';
  readonly retryable = false;

  constructor(options?: { cause?: unknown }) {
    super('The request to the model was stopped.', options);
  }
}
