import { ProductError } from '../../base/index.ts';

export type HttpRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Text goes as UTF-8. */
  readonly body: string | Uint8Array | undefined;
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Longest wait between two bytes of the body while someone waits for them. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal;
};

export type HttpResponse = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The content, with any content-encoding undone. Fails with an HttpError. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Read far enough: keeps the connection if the rest comes soon, else closes it. */
  release(): void;
  /** Closes the connection at once. Does nothing after the end, and nothing twice. */
  discard(): void;
};

/** Sends requests; fails only with HttpError. */
export interface HttpPort {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Closes kept connections; requests under way fail. Closing twice is harmless. */
  close(): void;
}

export type HttpFailure =
  | 'unreachable'
  | 'connectTimeout'
  | 'headersTimeout'
  | 'idleTimeout'
  | 'broken'
  | 'invalid'
  | 'aborted';

/** The connection, not the server's answer, is what failed. */
export class HttpError extends ProductError {
  readonly code = 'http';
  readonly retryable: boolean;
  readonly failure: HttpFailure;

  constructor(failure: HttpFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.failure = failure;
    this.retryable = failure !== 'aborted' && failure !== 'invalid';
  }
}
