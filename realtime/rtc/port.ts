import { type Clock, ProductError } from '../../core/base/index.ts';

/** What `onAudio` delivers and `source` is asked for. */
export const FRAME_SAMPLES = 480;
/** How long a frame lasts. */
export const FRAME_MS = 20;

/** What one end of a call tells its owner; nothing follows `onClosed`, which comes exactly once. */
export type CallHandlers = {
  /**
   * 24 kHz mono PCM16, 480 samples (20 ms), in order. Short losses are concealed, late packets are
   * dropped; while the far side sends nothing, nothing comes. The array is the receiver's to keep.
   */
  onAudio(samples: Int16Array): void;
  /** One whole text message of the data channel `oai-events`. */
  onEvent(text: string): void;
  /** The data channel is open; comes at most once. */
  onChannelOpen(): void;
  onClosed(end: CallEnd): void;
};

/**
 * Why a call is over: the far side said goodbye (`hungUp`), fell silent without a word (`vanished`),
 * could not be reached or broke the rules (`failed`), or our own `close` was called (`closed`).
 */
export type CallEnd = {
  readonly cause: 'hungUp' | 'vanished' | 'failed' | 'closed';
  /** One sentence for a log. */
  readonly detail: string;
};

/** What became of an event: `taken` means it goes out in its turn, all others that it never will. */
export type SendOutcome = 'taken' | 'tooLarge' | 'queueFull' | 'closed';

export type CallStats = {
  /** Packets of sound that came in time. */
  readonly received: number;
  /** Packets that never came. */
  readonly lost: number;
  /** Frames made up for lost packets, those rebuilt from the packet that followed included. */
  readonly concealed: number;
  /** Packets that came after their place was filled, repeats included; dropped. */
  readonly late: number;
  /** Frames of sound sent, silence included. */
  readonly sent: number;
  /** Frames that a stall of this process left unsent, so as not to send them as one burst. */
  readonly skipped: number;
  /** Events refused because they were too large or the queue was full. */
  readonly droppedEvents: number;
};

/** One end of a WebRTC call with one line of sound each way and the data channel `oai-events`. */
export interface CallPeer {
  /**
   * Sends one text message, in order; before the channel is open it waits. `onSent` runs once the
   * network has been given it, never synchronously, and not at all when the call ends before that.
   * A message cannot be split, so one over `maxEventBytes` is refused, as is any while
   * `queuedBytes` is at its bound of 8 MiB; refusals are counted in `stats.droppedEvents`.
   */
  sendEvent(text: string, onSent?: () => void): SendOutcome;
  /** The longest message, in UTF-8 bytes, that the far side says it takes (RFC 8841); at most 256 KiB. */
  readonly maxEventBytes: number;
  /** Bytes of messages handed over and not yet given to the network. */
  readonly queuedBytes: number;
  /**
   * Asked once per 20 ms of the clock for the next 480 samples, 24 kHz mono, as long as the call is
   * connected; `undefined` is silence, which is sent too. A throw is a bug and ends the call as `failed`.
   */
  source: (() => Int16Array | undefined) | undefined;
  readonly stats: CallStats;
  /**
   * Answers another offer of the far side on the same call (ICE restart); sound and channel live on.
   * Throws `RtcOfferError`; the call then goes on as it was.
   */
  restart(offerSdp: string): Promise<string>;
  /** Says goodbye, so that a browser notices at once, and frees everything; twice is harmless. */
  close(): Promise<void>;
}

export type CallOptions = {
  readonly handlers: CallHandlers;
  readonly clock: Clock;
  /** From the description's exchange to connected media and channel; 15 s unless told. */
  readonly connectTimeoutMs?: number;
};

export type AnswerOptions = CallOptions & {
  /**
   * The caller is on this machine: the one path that stays inside it is used, checks from elsewhere
   * are refused. Otherwise every address of this machine is offered.
   */
  readonly sameMachine: boolean;
};

export type CallerOptions = CallOptions & {
  /** STUN and TURN servers the user configured; none unless given, and none is asked then. */
  readonly iceServers?: readonly IceServer[];
};

/** As `RTCIceServer` of the WebRTC standard, one address each. */
export type IceServer = {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
};

export type AnsweredCall = { readonly peer: CallPeer; readonly answerSdp: string };

export type OutgoingCall = {
  readonly peer: CallPeer;
  readonly offerSdp: string;
  /** Takes the far side's answer. Throws `RtcAnswerError`; the call is closed as `failed` then. */
  accept(answerSdp: string): Promise<void>;
  /** Media and channel are up; rejects with `RtcCallError` when the call ends before that. */
  readonly connected: Promise<void>;
};

/** The offer cannot be used; the message says what is wrong with it. */
export class RtcOfferError extends ProductError {
  readonly code = 'invalidOffer';
  readonly retryable = false;
}

/** The answer cannot be used; the message says what is wrong with it. */
export class RtcAnswerError extends ProductError {
  readonly code = 'invalidAnswer';
  readonly retryable = false;
}

/** The call was over before it was connected. */
export class RtcCallError extends ProductError {
  readonly code = 'callFailed';
  readonly retryable = true;
  readonly end: CallEnd;

  constructor(end: CallEnd) {
    super(`The call could not be connected: ${end.detail}`);
    this.end = end;
  }
}
