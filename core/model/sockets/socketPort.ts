export type SocketRequest = {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Limit for the whole way to an open socket: name look-up, TCP, TLS, upgrade. */
  readonly connectTimeoutMs: number;
  /** Gives up the attempt; has no effect once the socket is open. */
  readonly signal: AbortSignal;
};

/** The server answered, but with a status instead of a socket. */
export type SocketRefusal = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As much of the answer's text as is worth keeping. */
  readonly body: string;
};

export type SocketOpening =
  | { readonly kind: 'open'; readonly socket: ModelSocket }
  | ({ readonly kind: 'refused' } & SocketRefusal);

/** An open socket. It pings by itself and ends when the far side does not answer any more. */
export interface ModelSocket {
  /** Headers of the answer that opened it; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly openedAtMs: number;
  readonly isOpen: boolean;
  /** Resolves when the frame has left, which has a deadline. Fails with an HttpError. */
  send(frame: string): Promise<void>;
  /**
   * The next frame, for one caller at a time. Fails with an HttpError when the socket is over, or
   * after `idleTimeoutMs` without a sign of life. Our own pings prove the connection, not that anybody
   * works at the far end: their answers are no sign, anything else is.
   */
  receive(idleTimeoutMs: number): Promise<string>;
  /** Frames that came while nobody was waiting. */
  takeUnread(): readonly string[];
  /** Ends it at once, without a goodbye to wait for. Harmless on one that is over. */
  drop(): void;
  /** Called once when it is over, whoever ended it. */
  onEnd: (() => void) | undefined;
}

/** Opens WebSockets; fails only with HttpError. */
export interface SocketPort {
  connect(request: SocketRequest): Promise<SocketOpening>;
  /** Drops every socket and every attempt. Closing twice is harmless. */
  close(): void;
}
