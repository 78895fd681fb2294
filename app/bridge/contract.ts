/**
 * What the page needs from whatever hosts it. The Electron preload and the browser host both
 * provide it, so the same bundle runs in a desktop window and in a plain browser tab.
 */
export interface HostBridge {
  /** Opens a fresh JSON-RPC channel to the engine; rejects when the engine cannot be reached. */
  connect(): Promise<MessageChannelLike>;
  readonly platform: 'electron' | 'browser';
}

/** The part of a MessagePort both hosts can offer. Carries whole JSON-RPC messages, in order. */
export interface MessageChannelLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side went away; not called after `close()`. */
  onClose(listener: () => void): void;
  /** Closing twice does nothing. */
  close(): void;
}

export const BRIDGE_KEY = 'parleyHost';
