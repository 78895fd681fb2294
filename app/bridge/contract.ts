import type { Transport } from '../../core/protocol/index.ts';

/** The page's way to its engine, whatever hosts it: the desktop shell or a plain browser tab. */
export interface HostBridge {
  /** Opens a fresh JSON-RPC connection; rejects when the engine cannot be reached. */
  connect(): Promise<Transport>;
  readonly platform: 'electron' | 'browser';
}

/** What the desktop shell's preload puts into the page: functions alone pass its border. */
export interface ShellBridge {
  connect(): Promise<MessageChannelLike>;
  readonly platform: HostBridge['platform'];
}

/** The part of a MessagePort that the shell offers. Carries whole JSON-RPC messages, in order. */
export interface MessageChannelLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side went away; not called after `close()`. */
  onClose(listener: () => void): void;
  /** Closing twice does nothing. */
  close(): void;
}

export const BRIDGE_KEY = 'parleyHost';
