import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

import { sseEvent } from './scriptedUpstream.ts';
import { serverFrame, takeClientFrames } from './socketFrames.ts';
import type { UpstreamEvent } from './upstreamSteps.ts';

export type FaultTransport = 'http' | 'socket';

/** One connection, read and written in pieces of the protocol. */
export class FaultWire {
  transport: FaultTransport = 'http';
  /** From now on every byte goes alone. */
  drips = false;
  readonly #connection: Socket;
  readonly #onActivity: () => void;
  #input = Buffer.alloc(0);
  #more = Promise.withResolvers<void>();
  readonly #frames: string[] = [];
  #over = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(connection: Socket, onActivity: () => void) {
    this.#connection = connection;
    this.#onActivity = onActivity;
    const wake = (): void => {
      this.#more.resolve();
      this.#more = Promise.withResolvers();
    };
    connection.on('data', (bytes: Buffer) => {
      onActivity();
      this.#input = Buffer.concat([this.#input, bytes]);
      wake();
    });
    for (const end of ['end', 'close']) {
      connection.on(end, () => {
        this.#over = true;
        wake();
      });
    }
  }

  write(bytes: string | Buffer): void {
    this.#onActivity();
    if (!this.drips) {
      this.#connection.write(bytes);
      return;
    }
    const each = async (): Promise<void> => {
      for (const byte of Buffer.from(bytes)) {
        if (!this.#connection.writable) return;
        this.#onActivity();
        this.#connection.write(Buffer.of(byte));
        await setImmediate();
      }
    };
    this.#writing = this.#writing.then(each);
  }

  send(event: UpstreamEvent): void {
    if (this.transport === 'socket') this.write(serverFrame(JSON.stringify(event)));
    else this.write(chunk(sseEvent(event)));
  }

  sendNoise(): void {
    if (this.transport === 'socket') {
      this.write(serverFrame('this is no JSON'));
      this.write(serverFrame('{"type":"response.something.new"}'));
      this.write(serverFrame('[]'));
      return;
    }
    this.write(
      chunk('data: this is no JSON\n\ndata: {"type":"response.something.new"}\n\n: noise\n\n'),
    );
    this.write(chunk('data: []\n\nhm: hm\n\n'));
  }

  reset(): void {
    this.#connection.resetAndDestroy();
  }

  endWriting(): void {
    this.#connection.end();
  }

  /** The next request, or undefined when the connection has ended. */
  async request(): Promise<
    { readonly method: string; readonly key: string | undefined } | undefined
  > {
    for (;;) {
      const end = this.#input.indexOf('\r\n\r\n');
      if (end >= 0) {
        const head = this.#input.subarray(0, end).toString('latin1');
        const length = Number(/^content-length: *(\d+)/imu.exec(head)?.[1] ?? 0);
        const whole = end + 4 + length;
        if (this.#input.length >= whole) {
          this.#input = this.#input.subarray(whole);
          const key = /^sec-websocket-key: *(\S+)/imu.exec(head)?.[1];
          return { method: head.split(' ')[0] ?? '', key };
        }
      }
      if (this.#over) return undefined;
      await this.#more.promise;
    }
  }

  /** The next text frame, or undefined when the connection has ended. */
  async frame(): Promise<string | undefined> {
    for (;;) {
      const text = this.#frames.shift();
      if (text !== undefined) return text;
      const { texts, rest } = takeClientFrames(this.#input);
      this.#input = Buffer.from(rest);
      this.#frames.push(...texts);
      if (texts.length > 0) continue;
      if (this.#over) return undefined;
      await this.#more.promise;
    }
  }
}

function chunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** A whole answer without a stream. */
export function plainAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): string {
  const lines = Object.entries({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} As told\r\n${lines.join('')}\r\n${body}`;
}
