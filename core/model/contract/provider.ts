/**
 * Where text turns are sent and how patient to be with it. Built from the configuration; the model
 * client reads nothing else about a provider.
 */
export type ModelProvider = {
  readonly id: string;
  /** How people know it; used in messages. */
  readonly name: string;
  /** The address that `/responses` is appended to; a trailing slash is tolerated. */
  readonly baseUrl: URL;
  /** Static headers; the client's own identity headers win over them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
  /** Repeats after failures before a stream began: no connection, 5xx, no response headers. */
  readonly requestMaxRetries: number;
  /** Repeats after a stream began and broke. */
  readonly streamMaxRetries: number;
  /** Longest silence inside a stream; any byte ends it. */
  readonly streamIdleTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Longest wait for the response headers once connected. */
  readonly headersTimeoutMs: number;
  /** Text turns go by WebSocket where that works; not unless it says so. */
  readonly supportsWebsockets?: boolean;
  /** Limit for opening a WebSocket, and for what is sent over it ahead; 15 s unless given. */
  readonly websocketConnectTimeoutMs?: number;
  /** `plain` is for local servers: function tools, text outputs, no `include` (responses §§16, 20). */
  readonly dialect: 'standard' | 'plain';
  /**
   * The bearer token, or undefined when the provider needs none. After a 401 it is asked once more
   * with the token that was refused; a different answer is tried at once.
   * Throws a ProductError with one clear sentence; a failure never means "go without".
   */
  credential(refused?: string): Promise<string | undefined>;
};
