import type { SendOutcome } from './port.ts';

/** Bytes of messages that wait for the network at most. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/**
 * What the channel holds at once. Its cost grows with the square of the messages it holds, so most
 * wait here.
 */
const MAX_HANDED_BYTES = 8 * 1024;
const MAX_HANDED = 32;
/** Handed messages leave the list together, since each removal moves all that follow. */
const FORGET_EVERY = 1024;

/** The channel as the outbox sees it. */
export type OpenChannel = {
  /** As much is under way as the far side's socket can hold; `resume` is called when it is less. */
  readonly isFull: boolean;
  send(text: string): void;
};

type Message = { readonly text: string; readonly bytes: number; readonly onSent: () => void };

/** Messages on their way to a data channel, in order, few of them inside it at a time. */
export class Outbox {
  #channel: OpenChannel | undefined;
  #waiting: Message[] = [];
  #first = 0;
  #handed: Message[] = [];
  #handedBytes = 0;
  #queuedBytes = 0;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** `maxBytes`: the longest message the far side takes. */
  send(text: string, maxBytes: number, onSent: () => void): SendOutcome {
    if (this.#isClosed) return 'closed';
    const bytes = Buffer.byteLength(text);
    if (bytes > maxBytes) return 'tooLarge';
    if (this.#queuedBytes >= MAX_QUEUED_BYTES) return 'queueFull';
    this.#queuedBytes += bytes;
    this.#waiting.push({ text, bytes, onSent });
    this.#hand();
    return 'taken';
  }

  /** The channel is open now. */
  open(channel: OpenChannel): void {
    this.#channel ??= channel;
    this.#hand();
  }

  /** The far side has acknowledged something. */
  resume(): void {
    this.#hand();
  }

  /** The channel has given everything it held to the network. */
  drained(): void {
    const sent = this.#handed;
    this.#handed = [];
    this.#queuedBytes -= this.#handedBytes;
    this.#handedBytes = 0;
    this.#hand();
    for (const { onSent } of sent) {
      if (!this.#isClosed) onSent();
    }
    if (this.#queuedBytes === 0) this.#onIdle?.();
  }

  /** Resolves when nothing waits any more, or the outbox is closed. */
  idle(): Promise<void> {
    if (this.#queuedBytes === 0 || this.#channel === undefined) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onIdle = resolve;
    return promise;
  }

  /** Drops what waits; nothing is taken and nobody is told of anything any more. */
  close(): void {
    this.#isClosed = true;
    this.#channel = undefined;
    this.#waiting = [];
    this.#first = 0;
    this.#handed = [];
    this.#handedBytes = 0;
    this.#queuedBytes = 0;
    this.#onIdle?.();
  }

  #hand(): void {
    while (this.#channel?.isFull === false && this.#first < this.#waiting.length) {
      if (this.#handed.length >= MAX_HANDED || this.#handedBytes >= MAX_HANDED_BYTES) return;
      const message = this.#waiting[this.#first];
      if (message === undefined) return;
      this.#first += 1;
      if (this.#first >= FORGET_EVERY || this.#first === this.#waiting.length) {
        this.#waiting.splice(0, this.#first);
        this.#first = 0;
      }
      this.#handed.push(message);
      this.#handedBytes += message.bytes;
      this.#channel.send(message.text);
    }
  }
}
