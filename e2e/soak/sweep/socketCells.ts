import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTick } from 'node:timers/promises';

import { WebSocket } from 'ws';

import type { AttackName, Cell } from './cells.ts';
import { huge, noise, PIECE } from './payloads.ts';

/** What is said over a socket of one kind of door. */
export type SocketSpeech = {
  /** How a connection is begun. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes a new connection ready to be asked. */
  readonly greet: (visitor: SocketVisitor) => Promise<void>;
  /** A question with an answer, which is not an error, and how to tell that answer. */
  readonly question: string;
  readonly isAnswer: (message: string) => boolean;
  readonly deep: string;
  /** A frame of the right form with a value of the wrong type. */
  readonly wrongType: string;
  /** The words of an error message; undefined for all others. */
  readonly errorIn: (message: string) => string | undefined;
  readonly told: Partial<Readonly<Record<AttackName, RegExp>>>;
};

/** Somebody on a socket, with its bytes in hand. */
export class SocketVisitor {
  readonly socket: WebSocket;
  readonly wire: Socket;
  readonly messages: string[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  private constructor(socket: WebSocket, wire: Socket) {
    this.socket = socket;
    this.wire = wire;
    socket.on('message', (data: Buffer) => {
      this.messages.push(data.toString('utf8'));
    });
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: reason.toString('utf8') };
    });
    // `close` says how it ended.
    socket.on('error', () => undefined);
    wire.on('error', () => undefined);
  }

  static async connect({ url, headers = {}, greet }: SocketSpeech): Promise<SocketVisitor> {
    const { hostname, port } = new URL(url);
    const wire = connect(Number(port), hostname);
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      createConnection: () => wire,
    });
    const visitor = new SocketVisitor(socket, wire);
    await once(socket, 'open');
    await greet(visitor);
    return visitor;
  }

  async answer(isAnswer: (message: string) => boolean): Promise<void> {
    while (!this.messages.some(isAnswer)) {
      if (this.#closed !== undefined) throw new Error(`closed with ${this.#closed.code}`);
      await Promise.race([once(this.socket, 'message'), once(this.socket, 'close')]);
    }
  }

  async ended(): Promise<string> {
    if (this.#closed === undefined) await once(this.socket, 'close');
    const { code = 0, reason = '' } = this.#closed ?? {};
    return `closed with ${code} ${reason}`.trim();
  }

  leave(): void {
    this.socket.terminate();
  }
}

/** The eight attacks on whatever takes frames of text. */
export function socketCells(speech: SocketSpeech): Readonly<Record<AttackName, Cell>> {
  const cell = (
    name: AttackName,
    attack: (visitor: SocketVisitor, stop: AbortSignal) => Promise<void>,
  ): Cell => ({
    told: speech.told[name] ?? 'nothing',
    attack: async (stop) => {
      const visitor = await SocketVisitor.connect(speech);
      const mark = visitor.messages.length;
      await attack(visitor, stop);
      const lines = visitor.messages
        .slice(mark)
        .flatMap((message) => speech.errorIn(message) ?? []);
      if (visitor.socket.readyState === WebSocket.OPEN) visitor.leave();
      else lines.push(await visitor.ended());
      return lines;
    },
  });
  const sends = (name: AttackName, frame: string | Buffer): Cell =>
    cell(name, async (visitor) => {
      visitor.socket.send(frame);
      await goesOn(visitor);
    });
  /** Whoever made a mistake is served on. */
  const goesOn = async (visitor: SocketVisitor): Promise<void> => {
    visitor.socket.send(speech.question);
    await visitor.answer(speech.isAnswer);
  };
  return {
    deep: sends('deep', speech.deep),
    huge: cell('huge', async (visitor) => {
      visitor.socket.send(huge());
      await visitor.ended();
    }),
    torn: {
      told: 'nothing',
      attack: async () => {
        const visitor = await SocketVisitor.connect(speech);
        // Says that a thousand bytes follow, and hangs up after three.
        visitor.wire.write(Buffer.from([0x81, 0xfe, 0x03, 0xe8, 0, 0, 0, 0, 1, 2, 3]));
        visitor.wire.resetAndDestroy();
        return [];
      },
    },
    binary: sends('binary', noise(100_000)),
    endless: cell('endless', async (visitor) => {
      visitor.socket.send('"', { fin: false });
      while (visitor.socket.readyState === WebSocket.OPEN) {
        await new Promise((sent) => {
          visitor.socket.send(PIECE, { fin: false }, sent);
        });
      }
      await visitor.ended();
    }),
    slow: cell('slow', async (visitor, stop) => {
      const frame = maskedFrame(speech.question);
      for (const byte of frame.subarray(0, -1)) {
        visitor.wire.write(Buffer.from([byte]));
        await nextTick();
      }
      await stopped(stop);
      visitor.wire.write(frame.subarray(-1));
      await visitor.answer(speech.isAnswer);
    }),
    silent: {
      told: 'nothing',
      attack: async (stop) => {
        const { hostname, port } = new URL(speech.url);
        const wire = connect(Number(port), hostname).on('error', () => undefined);
        const visitor = await SocketVisitor.connect(speech);
        await stopped(stop);
        wire.destroy();
        visitor.leave();
        return [];
      },
    },
    'wrong type': cell('wrong type', async (visitor) => {
      visitor.socket.send(speech.wrongType);
      await goesOn(visitor);
    }),
  };
}

export async function stopped(stop: AbortSignal): Promise<void> {
  if (!stop.aborted) await once(stop, 'abort');
}

/** A text frame of at most 125 bytes, as a client sends it; the mask changes nothing. */
function maskedFrame(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | bytes.length, 0, 0, 0, 0]), bytes]);
}

/** The well-behaved one. */
export async function askOverSocket(speech: SocketSpeech): Promise<void> {
  const visitor = await SocketVisitor.connect(speech);
  visitor.socket.send(speech.question);
  await visitor.answer(speech.isAnswer);
  visitor.leave();
}
