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
  /** It makes conversations shorter itself (responses §15); not unless it says so. */
  readonly compacts?: boolean;
  /** `plain` is for local servers: function tools, text outputs, no `include` (responses §§16, 20). */
  readonly dialect: 'standard' | 'plain';
  /** Puts the key on what is sent. */
  readonly authenticated: Authenticated;
  /** Another number after each change of the keys; a connection of an earlier one is not used again. */
  readonly keyEpoch?: () => number;
  /** Takes out of an error's texts, in place, whatever the provider was shown and nobody may see. */
  readonly hideSecrets: (error: unknown) => void;
};

/** The header that authenticates, or none where the provider needs none. */
export type Key = Readonly<Record<string, string>>;

/**
 * Sends something with the provider's key, and once more with a renewed one where the first was
 * refused. Rejects with what `send` rejected with, or with a ProductError in one clear sentence when
 * there is no key to be had, or when the signal ended the wait for it; then nothing was sent: a failure
 * never means "go without".
 */
export type Authenticated = <Answer>(request: {
  /** Sends it once. */
  readonly send: (key: Key) => Promise<Answer>;
  /** Whether `send` rejected because the key was not accepted. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly signal: AbortSignal;
}) => Promise<Answer>;
