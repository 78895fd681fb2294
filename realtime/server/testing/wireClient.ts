import { WebSocket } from 'ws';
import * as z from 'zod';

import { encodePcm, msToSamples } from '../../audio/index.ts';

const Event = z.looseObject({ type: z.string() });
type WireEvent = z.infer<typeof Event>;

/** A client of the bare wire: keeps every event it got and waits for the ones a test names. */
export class WireClient {
  readonly events: WireEvent[] = [];
  /** Set when the socket has closed. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      // oxlint-disable-next-line typescript/no-base-to-string -- ws hands out one Buffer per message
      this.events.push(Event.parse(JSON.parse(data.toString())));
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
      this.#wake();
    });
    socket.on('error', () => undefined);
  }

  /** Opens a session and waits for its `session.created`. */
  static async connect(baseUrl: URL, query = 'model=practice'): Promise<WireClient> {
    const url = `${baseUrl.href.replace(/^http/u, 'ws')}/realtime?${query}`;
    const client = new WireClient(new WebSocket(url, { rejectUnauthorized: false }));
    await client.next('session.created');
    return client;
  }

  send(event: Readonly<Record<string, unknown>>): void {
    this.socket.send(JSON.stringify(event));
  }

  sendRaw(frame: string | Uint8Array): void {
    this.socket.send(frame);
  }

  /** Appends sound in chunks of 20 ms, as a microphone would, but without the waiting. */
  append(samples: Int16Array): void {
    const chunk = msToSamples(20);
    for (let start = 0; start < samples.length; start += chunk) {
      const audio = encodePcm(samples.subarray(start, start + chunk));
      this.socket.send(`{"type":"input_audio_buffer.append","audio":"${audio}"}`);
    }
  }

  /** Types a message of the user and asks for an answer. */
  ask(text: string): void {
    const content = [{ type: 'input_text', text }];
    this.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content },
    });
    this.send({ type: 'response.create' });
  }

  /** The first event of a type, at or after a place in `events`; waits until it comes. */
  async next(type: string, from = 0): Promise<WireEvent> {
    for (;;) {
      const found = this.events.slice(from).find((event) => event.type === type);
      if (found !== undefined) return found;
      if (this.closed !== undefined) {
        throw new Error(`The socket closed (${this.closed.code}) before ${type} came`);
      }
      await this.#change();
    }
  }

  async whenClosed(): Promise<{ readonly code: number; readonly reason: string }> {
    while (this.closed === undefined) await this.#change();
    return this.closed;
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  close(): void {
    this.socket.close();
  }

  async #change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    await promise;
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
