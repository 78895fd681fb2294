import { errorText, ProductError } from '../../../core/base/index.ts';
import type { CallEnd, CallPeer, CallStats } from '../../rtc/index.ts';
import type { CallMedia } from './callMedia.ts';
import { ChannelWriter, type EventLine } from '../lines/index.ts';
import { type JoinedLine, ServerSession, type SessionPorts } from '../session/index.ts';
import type { SessionObject } from '../config/index.ts';

export type CallOptions = SessionPorts & {
  readonly id: string;
  readonly session: SessionObject;
  /** The ephemeral key that made the call; a call of the account belongs to no such key. */
  readonly owner: string | undefined;
  /** Comes once, after the last line was told. */
  onOver(call: Call, end: CallSummary): void;
};

export type CallSummary = { readonly detail: string; readonly stats: CallStats | undefined };

/** The call ended while it was being answered. */
class CallOverError extends ProductError {
  readonly code = 'callOver';
  readonly retryable = true;
}

/** How the sockets of a call are closed when its media have come to an end. */
const CLOSES: Readonly<
  Record<CallEnd['cause'], { readonly code: number; readonly reason: string }>
> = {
  hungUp: { code: 1000, reason: 'call ended: hung up' },
  vanished: { code: 1000, reason: 'call ended: the caller vanished' },
  failed: { code: 1011, reason: 'call failed' },
  closed: { code: 1000, reason: 'call ended' },
};

/** One WebRTC call: a session whose sound, and one of whose lines, is a peer connection. */
export class Call {
  readonly id: string;
  readonly owner: string | undefined;
  readonly #options: CallOptions;
  readonly #live: ServerSession;
  #peer: CallPeer | undefined;
  #writer: ChannelWriter | undefined;
  #channel: JoinedLine | undefined;
  #detail = 'hung up by request';
  #over = false;
  #closed: Promise<void> = Promise.resolve();

  constructor(options: CallOptions) {
    this.id = options.id;
    this.owner = options.owner;
    this.#options = options;
    this.#live = new ServerSession({
      ...options,
      playedBy: 'call',
      onOver: () => {
        this.#finish();
      },
    });
  }

  /** Answers the offer and lets sound and events flow. Whatever fails ends the call and is thrown. */
  async answer(media: CallMedia, offerSdp: string, sameMachine: boolean): Promise<string> {
    try {
      const { peer, answerSdp } = await media.answerOffer(offerSdp, {
        clock: this.#options.clock,
        sameMachine,
        handlers: {
          onAudio: (samples) => {
            this.#live.hear(samples);
          },
          onEvent: (text) => {
            this.#channel?.receive(text);
          },
          onChannelOpen: () => {
            this.#writer?.opened();
          },
          onClosed: (end) => {
            this.#mediaClosed(end);
          },
        },
      });
      this.#peer = peer;
      if (this.#over) throw new CallOverError('The call ended while it was being answered.');
      this.#connect(peer);
      return answerSdp;
    } catch (error) {
      this.#detail = 'it could not be answered';
      this.end(CLOSES.failed.code, CLOSES.failed.reason);
      // Over already, it has not seen the peer that came after its end.
      if (this.#peer !== undefined) await this.#close(this.#peer);
      throw error;
    }
  }

  /** Adds a WebSocket; it neither keeps the call alive nor ends it. */
  join(line: EventLine): JoinedLine {
    return this.#live.join(line);
  }

  get lineCount(): number {
    return this.#live.lineCount;
  }

  /** Ends the call, its sockets with this code; ending twice does nothing more. */
  end(code: number, reason: string): void {
    this.#live.end(code, reason);
  }

  hangUp(): void {
    this.end(CLOSES.hungUp.code, CLOSES.hungUp.reason);
  }

  /** Resolves when the media of an ended call are closed. */
  async closed(): Promise<void> {
    await this.#closed;
  }

  #connect(peer: CallPeer): void {
    const { newId, log } = this.#options;
    this.#writer = new ChannelWriter(peer, {
      newId,
      log: (message) => {
        log(`call ${this.id}: ${message}`);
      },
      onStalled: () => {
        this.#detail = 'the caller reads no events';
        // Not at once: whoever is writing has more to write first.
        queueMicrotask(() => {
          this.end(CLOSES.failed.code, CLOSES.failed.reason);
        });
      },
    });
    this.#channel = this.#live.join(this.#writer);
    peer.source = () => this.#live.nextFrame();
  }

  #mediaClosed(end: CallEnd): void {
    if (!this.#over) this.#detail = end.detail;
    const { code, reason } = CLOSES[end.cause];
    this.end(code, reason);
  }

  #finish(): void {
    this.#over = true;
    const peer = this.#peer;
    if (peer !== undefined) {
      peer.source = undefined;
      this.#closed = this.#close(peer);
    }
    this.#options.onOver(this, { detail: this.#detail, stats: peer?.stats });
  }

  async #close(peer: CallPeer): Promise<void> {
    try {
      await peer.close();
    } catch (error) {
      this.#options.log(`call ${this.id} could not be closed properly: ${errorText(error)}`);
    }
  }
}
