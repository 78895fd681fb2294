/**
 * What a peer may leave unread. It is minutes of sound, and far more than anybody leaves who reads at
 * all: messages are not thrown away one by one, so whoever leaves more loses the connection.
 */
export const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

/** Why a transport gave its peer up; fits into the close frame of a WebSocket (123 bytes). */
export const UNREAD_REASON =
  'More than 32 MiB were left unread. Connect again, resume the thread and read it.';

/**
 * Decides when a peer that does not read has to go. One message may be larger than the limit, and it
 * must not take a peer down that is reading it, so that much more may wait until it is through.
 */
export class SendLimit {
  #largestBytes = 0;

  /** Whether one more message may be sent, this much being unread. */
  admits(unreadBytes: number): boolean {
    if (unreadBytes === 0) this.#largestBytes = 0;
    return unreadBytes <= MAX_UNREAD_BYTES + this.#largestBytes;
  }

  /** To be told of every message that was sent. */
  sent(messageBytes: number): void {
    this.#largestBytes = Math.max(this.#largestBytes, messageBytes);
  }
}
