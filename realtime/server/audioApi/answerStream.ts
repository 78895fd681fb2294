import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { Clock } from '../../../core/base/index.ts';

/** A reader that takes nothing for so long has gone, whatever its connection says. */
const UNREAD_MS = 30_000;

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';

/** An answer that goes out piece by piece, no faster than it is read. */
export class AnswerStream {
  /** Aborted when the reader has gone. */
  readonly gone: AbortSignal;
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  #contentType: string | undefined;

  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    const abort = new AbortController();
    response.once('close', () => {
      abort.abort();
    });
    this.gone = abort.signal;
  }

  /** True when the answer has begun, so that no other can take its place. */
  get begun(): boolean {
    return this.#response.headersSent;
  }

  begin(contentType: string): void {
    this.#contentType = contentType;
    this.#response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-cache' });
    this.#response.flushHeaders();
  }

  /** Ends an answer that has begun and cannot be finished. */
  fail(error: Readonly<Record<string, string | null>>): void {
    // A file that just ended would pass for a whole one.
    if (this.#contentType !== EVENT_STREAM) this.#response.destroy();
    else this.end(eventText({ error }));
  }

  /** Resolves when more can be taken; throws when the reader has gone. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (this.#response.write(piece)) return;
    const deadline = this.#clock.after(UNREAD_MS, () => this.#response.destroy());
    try {
      await once(this.#response, 'drain', { signal: this.gone });
    } finally {
      deadline.cancel();
    }
  }

  /** One server-sent event, as the API writes them: with data and no name. */
  async writeEvent(data: Readonly<Record<string, unknown>>): Promise<void> {
    await this.write(eventText(data));
  }

  end(text = ''): void {
    this.#response.end(text);
  }
}

function eventText(data: Readonly<Record<string, unknown>>): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
