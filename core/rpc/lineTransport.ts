import type { Readable, Writable } from 'node:stream';

import type { Clock } from '../base/index.ts';
import type { JsonRpcMessage, Transport } from '../protocol/index.ts';
import { readEnvelope } from './envelope.ts';
import { messageText } from './exactId.ts';
import {
  MAX_MESSAGE_BYTES,
  readMessage,
  type RefusedText,
  refuseText,
  TOO_LARGE,
} from './incoming.ts';
import { LineReader } from './lineReader.ts';
import { SendLimit, UNREAD_REASON } from './sendLimit.ts';

export type LineTransportOptions = {
  readonly input: Readable;
  readonly output: Writable;
  /** Told why a line was passed over (app-server §1), in words that follow "The line". */
  readonly onUnreadable: (problem: string) => void;
  readonly clock: Clock;
};

/** A transport that can be waited for. */
export type LineTransport = Transport & {
  /** Resolves when it is closed, whoever closed it: to the reason why the peer was given up, if it was. */
  readonly closed: Promise<string | undefined>;
};

/** How long requests may still be answered after the input has ended; a process is to be gone within a second. */
const LAST_ANSWERS_MS = 750;

/**
 * One JSON object per line over a pair of streams (stdio). News that is the first of a tick leaves at once, as
 * somebody may be waiting for it; an answer leaves at the end of its tick; all else follows in one write, which
 * is what makes thousands of small notifications cheap. The end of the input is the end, but for the answers to
 * requests that came before it. A reader that leaves too much unread is given up:
 * the output is destroyed with what waits in it. A line that is no JSON is passed over (app-server §1); one
 * that is too long or too deep is refused where it shows the id of a request.
 */
export function createLineTransport(options: LineTransportOptions): LineTransport {
  return new StreamTransport(options);
}

class StreamTransport implements LineTransport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: ((reason?: string) => void) | undefined;
  readonly #options: LineTransportOptions;
  readonly #limit = new SendLimit();
  readonly #lines = new LineReader(MAX_MESSAGE_BYTES, {
    line: (line) => {
      this.#deliver(line);
    },
    tooLong: (head) => {
      this.#refuse(refuseText(head, TOO_LARGE));
    },
  });
  /** True from the first line of a tick to the end of it. */
  #collecting = false;
  #outgoing: string[] = [];
  #outgoingBytes = 0;
  #closed = false;
  #inputEnded = false;
  /** Requests read and not answered yet. */
  #unanswered = 0;
  readonly #whenClosed = Promise.withResolvers<string | undefined>();

  constructor(options: LineTransportOptions) {
    this.#options = options;
    // Deferred, so that whoever makes the transport can set its callbacks first.
    queueMicrotask(() => {
      options.input.on('data', (chunk: Buffer) => {
        this.#lines.take(chunk);
      });
      options.input.on('end', () => {
        this.#endOfInput();
      });
      options.input.on('error', () => {
        this.close();
      });
      // Whoever read the first line may have paused it, and then a listener alone starts nothing.
      options.input.resume();
    });
    // A reader that went away must not end the process; the end of the input tells us soon enough.
    options.output.on('error', () => {
      this.close();
    });
  }

  send(message: JsonRpcMessage): void {
    if (this.#closed) return;
    const { output } = this.#options;
    if (!this.#limit.admits(this.unreadBytes)) {
      this.#finish(UNREAD_REASON);
      output.destroy();
      return;
    }
    const line = messageText(message);
    const bytes = Buffer.byteLength(line);
    this.#limit.sent(bytes);
    const isAnswer = !('method' in message);
    const isFirst = !this.#collecting;
    if (isFirst) {
      this.#collecting = true;
      // An answer is followed by news of what was asked, and often by a request to somebody farther away: that
      // one goes first, as each write costs as much as all else here.
      if (isAnswer) setImmediate(this.#flush);
      else queueMicrotask(this.#flush);
    }
    if (isFirst && !isAnswer) output.write(`${line}\n`);
    else {
      this.#outgoing.push(line);
      this.#outgoingBytes += bytes;
    }
    if (isAnswer) {
      this.#unanswered -= 1;
      if (this.#inputEnded && this.#unanswered <= 0) this.close();
    }
  }

  get unreadBytes(): number {
    return this.#options.output.writableLength + this.#outgoingBytes;
  }

  get closed(): Promise<string | undefined> {
    return this.#whenClosed.promise;
  }

  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#finish();
  }

  #finish(reason?: string): void {
    this.#closed = true;
    this.#outgoing = [];
    queueMicrotask(() => {
      this.onClose?.(reason);
      this.#whenClosed.resolve(reason);
    });
  }

  #endOfInput(): void {
    this.#inputEnded = true;
    if (this.#unanswered <= 0) this.close();
    else this.#options.clock.after(LAST_ANSWERS_MS, () => this.close());
  }

  readonly #flush = (): void => {
    this.#collecting = false;
    if (this.#outgoing.length === 0) return;
    const lines = this.#outgoing;
    this.#outgoing = [];
    this.#outgoingBytes = 0;
    this.#options.output.write(`${lines.join('\n')}\n`);
  };

  #deliver(line: string): void {
    if (this.#closed || line.trim() === '') return;
    const read = readMessage(line);
    if (read.kind === 'refused') {
      this.#refuse(read);
      return;
    }
    if (readEnvelope(read.message).kind === 'request') this.#unanswered += 1;
    this.onMessage?.(read.message);
  }

  #refuse({ problem, answer }: RefusedText): void {
    if (this.#closed) return;
    this.#options.onUnreadable(problem);
    if (answer === undefined) return;
    this.#unanswered += 1;
    this.send(answer);
  }
}
