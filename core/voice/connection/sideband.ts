import {
  RealtimeConnectError,
  type RealtimeWire,
  type WireClose,
} from '../../../realtime/transport/index.ts';
import { type Clock, errorText } from '../../base/index.ts';
import { callRetryDelayMs, Reconnect } from './reconnect.ts';

export type SidebandOptions = {
  readonly clock: Clock;
  /** How often the first joining is tried again. */
  readonly maxRetries: number;
  /** One try to join the call. Throws a ProductError in plain words. */
  readonly join: (signal: AbortSignal) => Promise<RealtimeWire>;
  /** Our way into the call is closed for good, whoever closed it; comes exactly once. */
  readonly onOver: () => void;
};

type Frame = { readonly text: string; readonly onWritten: (() => void) | undefined };

type Link =
  | {
      readonly phase: 'joining';
      readonly joining: Reconnect;
      readonly waiting: Frame[];
      /** How the last link ended; undefined before the first one. */
      readonly dropped: WireClose | undefined;
    }
  | { readonly phase: 'joined'; readonly wire: RealtimeWire; readonly joinedAtMs: number }
  | { readonly phase: 'over' };

/** A link that held this long was a good one: the next drop is tried for from the beginning. */
const GOOD_LINK_MS = 10_000;

/**
 * The engine's own way into a call whose media travels elsewhere (realtime-v2 §16.3). It is a wire
 * from the beginning: what is sent before the call is joined waits, and so does what is sent while a
 * dropped link is mended, because the call goes on without us.
 */
export class Sideband implements RealtimeWire {
  onFrame: ((frame: string) => void) | undefined;
  onClose: ((close: WireClose) => void) | undefined;
  onReconnecting: ((attempt: number, detail: string) => void) | undefined;
  onReconnected: ((release: () => void) => void) | undefined;
  readonly #options: SidebandOptions;
  #lastFailure: unknown;
  readonly #joined = Promise.withResolvers<void>();
  #link: Link = { phase: 'over' };
  #waitingBytes = 0;
  #tries = 0;

  constructor(options: SidebandOptions) {
    this.#options = options;
    // Who starts a call does not wait for the sideband, and learns of a failure by `onClose`.
    this.#joined.promise.catch(() => undefined);
    this.#join(undefined);
  }

  /** Resolves once the call was joined for the first time; rejects with the cause when it never is. */
  get joined(): Promise<void> {
    return this.#joined.promise;
  }

  get bufferedBytes(): number {
    return this.#link.phase === 'joined' ? this.#link.wire.bufferedBytes : this.#waitingBytes;
  }

  send(frame: string, onWritten?: () => void): void {
    if (this.#link.phase === 'joined') this.#link.wire.send(frame, onWritten);
    if (this.#link.phase !== 'joining') return;
    this.#link.waiting.push({ text: frame, onWritten });
    this.#waitingBytes += frame.length;
  }

  close(code: number, reason: string): void {
    const link = this.#link;
    if (link.phase === 'over') return;
    if (link.phase === 'joined') {
      link.wire.close(code, reason);
      this.#over({ code, reason });
      return;
    }
    link.joining.cancel();
    this.#over({ code, reason });
  }

  #join(dropped: WireClose | undefined): void {
    const { clock, maxRetries, join } = this.#options;
    const detail = describe(dropped);
    const joining = new Reconnect({
      clock,
      triesBefore: this.#tries,
      ...(dropped === undefined
        ? // A call may be known to the server a moment after it was made.
          { delaysMs: firstDelaysMs(maxRetries), isFinal: isRefusal }
        : {}),
      open: async (signal) => {
        try {
          return await join(signal);
        } catch (error) {
          this.#lastFailure = error;
          throw error;
        }
      },
      onTry: (attempt) => {
        this.#tries = attempt;
        // The very first try is no news.
        if (dropped !== undefined) this.onReconnecting?.(attempt, detail);
        else if (attempt > 1) this.onReconnecting?.(attempt - 1, errorText(this.#lastFailure));
      },
      onOpened: (wire) => {
        this.#take(wire);
      },
      onGivenUp: (failure) => {
        this.#giveUp(dropped, failure);
      },
    });
    this.#link = { phase: 'joining', joining, waiting: [], dropped };
    joining.start();
  }

  #take(wire: RealtimeWire): void {
    const link = this.#link;
    if (link.phase !== 'joining') {
      wire.close(1000, 'no longer wanted');
      return;
    }
    const { clock } = this.#options;
    this.#link = { phase: 'joined', wire, joinedAtMs: clock.nowMs() };
    this.#waitingBytes = 0;
    wire.onClose = (close) => {
      this.#dropped(wire, close);
    };
    const release = (): void => {
      for (const { text, onWritten } of link.waiting) wire.send(text, onWritten);
    };
    if (link.dropped === undefined) {
      this.#tries = 0;
      release();
    } else {
      this.onReconnected?.(release);
    }
    wire.onFrame = (frame) => {
      this.onFrame?.(frame);
    };
    this.#joined.resolve();
  }

  #dropped(wire: RealtimeWire, close: WireClose): void {
    if (this.#link.phase !== 'joined' || this.#link.wire !== wire) return;
    const heldMs = this.#options.clock.nowMs() - this.#link.joinedAtMs;
    if (heldMs >= GOOD_LINK_MS) this.#tries = 0;
    this.#join(close);
  }

  #giveUp(dropped: WireClose | undefined, failure: unknown): void {
    // A server that ends a call closes the link and then knows the call no more.
    if (dropped !== undefined && statusOf(failure) === UNKNOWN_CALL) {
      this.#over(dropped);
      return;
    }
    const cause = failure ?? this.#lastFailure;
    this.#joined.reject(cause);
    // A server that lets the engine in and hangs up each time has refused nothing.
    const words = cause === undefined ? describe(dropped) : errorText(cause);
    const fault = `the call could not be joined: ${words}`;
    this.#over({ code: dropped?.code ?? 1006, reason: dropped?.reason ?? '', fault });
  }

  #over(close: WireClose): void {
    this.#link = { phase: 'over' };
    this.#joined.reject(new Error('the call was given up'));
    this.#options.onOver();
    queueMicrotask(() => {
      this.onClose?.(close);
      this.onClose = undefined;
    });
  }
}

const firstDelaysMs = (maxRetries: number): readonly number[] => [
  0,
  ...Array.from({ length: maxRetries }, (_, repeat) => callRetryDelayMs(repeat)),
];

const UNKNOWN_CALL = 404;

const statusOf = (failure: unknown): number | undefined =>
  failure instanceof RealtimeConnectError && failure.failure.kind === 'status'
    ? failure.failure.status
    : undefined;

/** A call that was just made may not be known yet, but a key that is not accepted stays so. */
function isRefusal(failure: unknown): boolean {
  const status = statusOf(failure);
  return status === 401 || status === 403;
}

function describe(close: WireClose | undefined): string {
  if (close === undefined) return '';
  if (close.fault !== undefined) return close.fault;
  return close.reason === '' ? `closed with code ${close.code}` : close.reason;
}
