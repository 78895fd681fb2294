import type { Readable, Writable } from 'node:stream';

import type { JsonRpcMessage, Transport } from '../protocol/index.ts';

export type LineTransportOptions = {
  readonly input: Readable;
  readonly output: Writable;
  /** Told about lines that are no JSON; they are dropped (app-server §1). */
  readonly onUnreadable: (line: string) => void;
};

/**
 * One JSON object per line over a pair of streams (stdio). The lines of one tick leave in one write,
 * which is what makes thousands of small notifications cheap. The end of the input is the end.
 */
export function createLineTransport(options: LineTransportOptions): Transport {
  return new LineTransport(options);
}

class LineTransport implements Transport {
  onMessage: ((message: unknown) => void) | undefined;
  onClose: (() => void) | undefined;
  readonly #options: LineTransportOptions;
  #rest = '';
  #outgoing: string[] = [];
  #closed = false;

  constructor(options: LineTransportOptions) {
    this.#options = options;
    options.input.setEncoding('utf8');
    // Deferred, so that whoever makes the transport can set its callbacks first.
    queueMicrotask(() => {
      options.input.on('data', (chunk: string) => {
        this.#take(chunk);
      });
      options.input.on('end', () => {
        this.close();
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
    this.#outgoing.push(JSON.stringify(message));
    if (this.#outgoing.length === 1) queueMicrotask(this.#flush);
  }

  close(): void {
    if (this.#closed) return;
    this.#flush();
    this.#closed = true;
    queueMicrotask(() => this.onClose?.());
  }

  readonly #flush = (): void => {
    if (this.#outgoing.length === 0) return;
    const lines = this.#outgoing;
    this.#outgoing = [];
    this.#options.output.write(`${lines.join('\n')}\n`);
  };

  #take(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') this.#deliver(line);
    }
  }

  #deliver(line: string): void {
    let message: unknown;
    try {
      message = JSON.parse(line);
    } catch {
      this.#options.onUnreadable(line);
      return;
    }
    if (!this.#closed) this.onMessage?.(message);
  }
}
