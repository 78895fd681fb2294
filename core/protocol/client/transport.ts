import type { JsonRpcMessage } from '../rpc.ts';

/**
 * Carries whole JSON-RPC messages between two peers. Implementations deliver in order, call `onClose`
 * at most once, and never call back synchronously from `send`. What arrives is not validated yet.
 */
export interface Transport {
  send(message: JsonRpcMessage): void;
  /** Bytes that the peer has not taken yet, where the wire tells: whoever can wait does not send far ahead. */
  readonly unreadBytes?: number;
  /** Closing twice does nothing. */
  close(): void;
  onMessage: ((message: unknown) => void) | undefined;
  /** `reason` is one sentence, given when the transport itself gave its peer up. */
  onClose: ((reason?: string) => void) | undefined;
}
