import type { Clock, Timer } from '../../../core/base/index.ts';
import type {
  AnsweredCall,
  AnswerOptions,
  CallEnd,
  CallHandlers,
  CallPeer,
  CallStats,
  SendOutcome,
} from '../../rtc/index.ts';
import type { CallMedia } from '../index.ts';

const FRAME_MS = 20;

/** One end of a call without a network: what one end gives, the other gets. */
export class MemoryPeer implements CallPeer {
  readonly maxEventBytes: number;
  queuedBytes = 0;
  source: (() => Int16Array | undefined) | undefined;
  readonly stats: CallStats = {
    received: 0,
    lost: 0,
    concealed: 0,
    late: 0,
    sent: 0,
    skipped: 0,
    droppedEvents: 0,
  };
  #far: MemoryPeer | undefined;
  #closed = false;
  readonly #handlers: CallHandlers;
  readonly #clock: Clock;
  readonly #waiting: string[] = [];
  #pacer: Timer | undefined;

  constructor(handlers: CallHandlers, clock: Clock, maxEventBytes = 65_536) {
    this.#handlers = handlers;
    this.#clock = clock;
    this.maxEventBytes = maxEventBytes;
  }

  get closed(): boolean {
    return this.#closed;
  }

  connect(far: MemoryPeer): void {
    if (this.#closed || far.#closed) return;
    this.#far = far;
    this.#handlers.onChannelOpen();
    for (const text of this.#waiting.splice(0)) this.#deliver(text);
    this.#pacer = this.#clock.after(FRAME_MS, () => {
      this.#pace();
    });
  }

  sendEvent(text: string, onSent?: () => void): SendOutcome {
    if (this.#closed) return 'closed';
    if (Buffer.byteLength(text) > this.maxEventBytes) return 'tooLarge';
    if (this.#far === undefined) this.#waiting.push(text);
    else this.#deliver(text);
    if (onSent !== undefined) queueMicrotask(onSent);
    return 'taken';
  }

  async restart(): Promise<string> {
    return 'v=0\r\n';
  }

  async close(): Promise<void> {
    this.end({ cause: 'closed', detail: 'closed here' });
  }

  /** Ends this end for the reason given; the other one takes it for a goodbye. */
  end(end: CallEnd): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pacer?.cancel();
    this.#handlers.onClosed(end);
    if (end.cause === 'closed') this.#far?.end({ cause: 'hungUp', detail: 'the far side hung up' });
  }

  #deliver(text: string): void {
    // As over a network: not while the sender is still at it.
    const far = this.#far;
    queueMicrotask(() => {
      if (far !== undefined && !far.#closed) far.#handlers.onEvent(text);
    });
  }

  #pace(): void {
    this.#pacer = this.#clock.after(FRAME_MS, () => {
      this.#pace();
    });
    const frame = this.source?.() ?? new Int16Array(480);
    if (this.#far?.closed === false) this.#far.#handlers.onAudio(frame);
  }
}

/** Media for a server, and callers for it, in one process and on one clock. */
export class MemoryNet implements CallMedia {
  /** Our ends of all calls that were answered, oldest first. */
  readonly answered: MemoryPeer[] = [];
  warmUps = 0;
  readonly #offers = new Map<string, MemoryPeer>();

  /** An offer of a caller, who is connected as soon as it has been answered. */
  offer(caller: MemoryPeer): string {
    const ufrag = `memory${this.#offers.size}`;
    this.#offers.set(ufrag, caller);
    return describe(ufrag);
  }

  async answerOffer(offerSdp: string, options: AnswerOptions): Promise<AnsweredCall> {
    const ufrag = /ice-ufrag:(?<ufrag>\w+)/u.exec(offerSdp)?.groups?.['ufrag'] ?? '';
    const peer = new MemoryPeer(options.handlers, options.clock);
    this.answered.push(peer);
    const caller = this.#offers.get(ufrag);
    // As over a network: the answer comes first.
    setImmediate(() => {
      if (caller === undefined) return;
      caller.connect(peer);
      peer.connect(caller);
    });
    return { peer, answerSdp: describe(ufrag).replace('actpass', 'passive') };
  }

  async warmUp(): Promise<void> {
    this.warmUps += 1;
  }
}

function describe(ufrag: string): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:0123456789012345678901',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    'a=setup:actpass',
    'a=rtpmap:111 opus/48000/2',
    '',
  ].join('\r\n');
}
