import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { ResponseObject, ResponsesEvent } from './composer.ts';
import { sendError, sendJson } from './http.ts';
import type { ApiError } from './requestBody.ts';
import type { RunListener } from './runRequest.ts';

/** Answers with the finished response as one object. */
export class ObjectListener implements RunListener {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  async events(): Promise<void> {
    // The end has all of it.
  }

  done(response: ResponseObject): void {
    sendJson(this.#response, 200, response);
  }

  failed(error: ApiError): void {
    sendError(this.#response, error);
  }

  async cut(): Promise<void> {
    this.#response.destroy();
  }
}

/** Answers with server-sent events as they come, and waits while the client cannot take more. */
export class StreamListener implements RunListener {
  readonly #response: ServerResponse;
  readonly #gone: AbortSignal;

  constructor(response: ServerResponse, gone: AbortSignal) {
    this.#response = response;
    this.#gone = gone;
  }

  async events(events: readonly ResponsesEvent[]): Promise<void> {
    if (this.#response.write(this.#text(events))) return;
    await once(this.#response, 'drain', { signal: this.#gone }).catch((error: unknown) => {
      if (!this.#gone.aborted) throw error;
    });
  }

  done(_response: ResponseObject, events: readonly ResponsesEvent[]): void {
    this.#response.end(this.#text(events));
  }

  failed(error: ApiError, events: () => readonly ResponsesEvent[]): void {
    if (this.#response.headersSent) this.#response.end(this.#text(events()));
    else sendError(this.#response, error);
  }

  async cut(): Promise<void> {
    await this.#flushed();
    this.#response.destroy();
  }

  /** Resolves when everything sent so far has left, which a comment at its end shows. */
  async #flushed(): Promise<void> {
    if (!this.#response.headersSent || this.#response.destroyed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#response.write(':\n\n', () => {
      resolve();
    });
    await promise;
  }

  #text(events: readonly ResponsesEvent[]): string {
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
      });
    }
    return events
      .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
      .join('');
  }
}
