import type { CallPeer } from '../../rtc/index.ts';
import { invalidRequest } from '../errors/index.ts';
import { type EventLine, eventFrame } from './eventLine.ts';

/** Answers in writing wait while more than this is unsent, and go on when a quarter of it is left. */
const HIGH_WATER_BYTES = 256 * 1024;
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 4;

/** The part of a call that writing events needs. */
export type WritableChannel = Pick<CallPeer, 'sendEvent' | 'maxEventBytes' | 'queuedBytes'>;

export type ChannelWriterOptions = {
  readonly newId: (prefix: string) => string;
  readonly log: (message: string) => void;
  /** The far side has its channel open and reads nothing. */
  onStalled(): void;
};

/** Writes to the data channel of a call. What is written before it opens waits in the call. */
export class ChannelWriter implements EventLine {
  readonly #channel: WritableChannel;
  readonly #options: ChannelWriterOptions;
  #waiting: (() => void)[] = [];
  #open = false;
  #full = false;

  constructor(channel: WritableChannel, options: ChannelWriterOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  opened(): void {
    this.#open = true;
  }

  write(frame: string): void {
    const outcome = this.#send(frame);
    if (outcome === 'tooLarge') this.#explain(frame);
    if (outcome !== 'queueFull' || this.#full) return;
    this.#full = true;
    this.#options.log('the data channel takes nothing; its events are dropped');
    // A caller that never opens the channel wants no events, and may go on talking.
    if (this.#open) this.#options.onStalled();
  }

  async ready(): Promise<void> {
    if (!this.#open || this.#channel.queuedBytes < HIGH_WATER_BYTES) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    await promise;
  }

  /** A data channel has no codes; it closes with its call. */
  close(): void {
    this.release();
  }

  release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #send(frame: string): ReturnType<WritableChannel['sendEvent']> {
    return this.#channel.sendEvent(frame, () => {
      if (this.#waiting.length > 0 && this.#channel.queuedBytes < LOW_WATER_BYTES) this.release();
    });
  }

  #explain(frame: string): void {
    const { maxEventBytes } = this.#channel;
    const type = /"type":"(?<type>[\w.]+)"/u.exec(frame)?.groups?.['type'] ?? 'unknown';
    const message = `An event of type '${type}' is larger than the ${maxEventBytes} bytes this data channel takes; join the call with a WebSocket to get such events.`;
    const error = invalidRequest({ code: 'event_too_large', message });
    this.#send(eventFrame({ type: 'error', error }, this.#options.newId));
  }
}
