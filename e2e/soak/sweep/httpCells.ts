import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTick } from 'node:timers/promises';

import type { AttackName, Cell } from './cells.ts';
import { noise, PIECE } from './payloads.ts';
import { stopped } from './socketCells.ts';

/** A request as it goes over the wire; the length of its body is told, unless the head says otherwise. */
export type RawRequest = {
  readonly line: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};

/** What is asked of one kind of HTTP door. */
export type HttpSpeech = {
  readonly url: string;
  /** Answered with 200. */
  readonly question: RawRequest;
  readonly deep: RawRequest;
  readonly huge: () => RawRequest;
  readonly wrongType: RawRequest;
  /** What comes for ever: what begins it, and what is said again and again. */
  readonly endless: { readonly begin: string; readonly piece: string | Buffer };
  readonly told: Partial<Readonly<Record<AttackName, RegExp>>>;
};

/** The eight attacks on whatever takes requests. Told is what is no answer of the 2xx. */
export function httpCells(speech: HttpSpeech): Readonly<Record<AttackName, Cell>> {
  const cell = (name: AttackName, attack: Cell['attack']): Cell => ({
    told: speech.told[name] ?? 'nothing',
    attack,
  });
  const sends = (name: AttackName, request: () => RawRequest): Cell =>
    cell(name, async () => {
      const visitor = new HttpVisitor(speech.url);
      visitor.write(bytesOf(request(), speech.url));
      return visitor.told();
    });
  return {
    deep: sends('deep', () => speech.deep),
    huge: sends('huge', speech.huge),
    torn: cell('torn', async () => {
      const visitor = new HttpVisitor(speech.url);
      visitor.write('POST /v1/responses HTTP/1.1\r\ncontent-le');
      const other = new HttpVisitor(speech.url);
      other.write(
        `${speech.question.line}\r\nhost: ${hostOf(speech.url)}\r\ncontent-length: 9\r\n\r\n{"`,
      );
      await nextTick();
      visitor.reset();
      other.reset();
      return [];
    }),
    binary: cell('binary', async () => {
      const visitor = new HttpVisitor(speech.url);
      visitor.write(noise(100_000));
      return visitor.told();
    }),
    endless: cell('endless', async () => {
      const visitor = new HttpVisitor(speech.url);
      visitor.write(speech.endless.begin);
      while (!visitor.isAnswered) await visitor.sent(speech.endless.piece);
      return visitor.told();
    }),
    slow: cell('slow', async (stop) => {
      const visitor = new HttpVisitor(speech.url);
      const bytes = bytesOf(speech.question, speech.url);
      for (const byte of bytes.subarray(0, -1)) {
        visitor.write(Buffer.from([byte]));
        await nextTick();
      }
      await stopped(stop);
      visitor.write(bytes.subarray(-1));
      return visitor.told();
    }),
    silent: cell('silent', async (stop) => {
      const visitor = new HttpVisitor(speech.url);
      await stopped(stop);
      visitor.reset();
      return [];
    }),
    'wrong type': sends('wrong type', () => speech.wrongType),
  };
}

/** The well-behaved one. */
export async function askOverHttp(speech: HttpSpeech): Promise<void> {
  const visitor = new HttpVisitor(speech.url);
  visitor.write(bytesOf(speech.question, speech.url));
  const lines = await visitor.told();
  if (lines.length > 0) throw new Error(lines.join('; '));
}

/** Somebody on a connection of their own, who says what they like. */
class HttpVisitor {
  readonly #wire: Socket;
  #text = '';
  #isOver = false;

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#wire = connect(Number(port), hostname);
    this.#wire.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
    // What was said before is what counts.
    this.#wire.on('error', () => undefined);
    this.#wire.on('close', () => {
      this.#isOver = true;
    });
  }

  get isAnswered(): boolean {
    return this.#wire.destroyed || this.#text !== '';
  }

  write(bytes: string | Buffer): void {
    this.#wire.write(bytes);
  }

  /** Resolves when it is on its way, or never can be. */
  async sent(bytes: string | Buffer): Promise<void> {
    await new Promise((resolve) => {
      this.#wire.write(bytes, resolve);
    });
  }

  reset(): void {
    this.#wire.resetAndDestroy();
  }

  /** Status and words of the answer, unless it is a good one. */
  async told(): Promise<readonly string[]> {
    while (!this.#isWhole() && !this.#isOver) {
      await Promise.race([once(this.#wire, 'data'), once(this.#wire, 'close')]);
    }
    this.#wire.destroy();
    const status = /^HTTP\/1\.1 (?<status>\d{3} [^\r]*)/u.exec(this.#text)?.groups?.['status'];
    if (status === undefined) return ['no answer'];
    if (status.startsWith('2')) return [];
    const [, body = ''] = this.#text.split('\r\n\r\n', 2);
    return [
      `${status} ${/"message":"(?<words>[^"]*)"/u.exec(body)?.groups?.['words'] ?? body}`.trim(),
    ];
  }

  /** Its body is here, as far as its length was told. */
  #isWhole(): boolean {
    const [head, body] = this.#text.split('\r\n\r\n', 2);
    if (head === undefined || body === undefined) return false;
    const length = /^content-length: (?<length>\d+)/imu.exec(head)?.groups?.['length'];
    return length === undefined || Buffer.byteLength(body) >= Number(length);
  }
}

export const JSON_BODY = { 'content-type': 'application/json' };

/** Chunks without an end. */
export const endlessBody = (line: string, url: string): HttpSpeech['endless'] => ({
  begin: `${line}\r\nhost: ${hostOf(url)}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  piece: Buffer.concat([
    Buffer.from(`${PIECE.length.toString(16)}\r\n`),
    PIECE,
    Buffer.from('\r\n'),
  ]),
});

/** Headers without an end. */
export const endlessHead = (url: string): HttpSpeech['endless'] => ({
  begin: `GET / HTTP/1.1\r\nhost: ${hostOf(url)}\r\n`,
  piece: `x-more: ${'a'.repeat(1_000)}\r\n`,
});

function bytesOf({ line, headers = {}, body = '' }: RawRequest, url: string): Buffer {
  const lines = [
    line,
    `host: ${hostOf(url)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

const hostOf = (url: string): string => new URL(url).host;
