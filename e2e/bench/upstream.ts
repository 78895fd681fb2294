import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { WebSocketServer } from 'ws';

import { Arrivals } from './arrivals.ts';

/** A frame of the Realtime wire, or what one holds. */
export type RealtimeEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

const AUDIO_MARK = '"input_audio_buffer.append"';

/** One contestant's Realtime connection, seen from the server. */
export class UpstreamLink {
  /** Every frame but microphone sound. */
  readonly events: Arrivals<RealtimeEvent>;
  /** Frames with microphone sound, unparsed. */
  readonly audio: Arrivals<string>;
  /** Bodies of Responses requests, once they are here whole. */
  readonly posts: Arrivals<string>;
  /** While set, answers those requests instead of the one short message. */
  answerText: ((response: ServerResponse) => void) | undefined;
  /** While set, gets those frames instead of `audio`. */
  onAudio: ((frame: string, atMs: number) => void) | undefined;
  #socket: Socket | undefined;

  constructor(name: string) {
    this.events = new Arrivals(`${name} at the Realtime server`);
    this.audio = new Arrivals(`${name} at the Realtime server`);
    this.posts = new Arrivals(`${name} at the Responses server`);
  }

  send(event: RealtimeEvent): void {
    this.write(textFrame(JSON.stringify(event)));
  }

  /** Frames that are ready to be written, so that writing thousands costs no time. */
  write(frames: Buffer): void {
    this.#socket?.write(frames);
  }

  /** The contestant has connected. */
  opened(socket: Socket): void {
    socket.setNoDelay(true);
    this.#socket = socket;
  }

  /** A frame from the contestant. */
  take(frame: string): void {
    const atMs = performance.now();
    if (frame.includes(AUDIO_MARK)) {
      if (this.onAudio === undefined) this.audio.deliver(frame, atMs);
      else this.onAudio(frame, atMs);
      return;
    }
    const event = JSON.parse(frame) as RealtimeEvent;
    if (event.type === 'session.update') {
      this.send({ type: 'session.updated', event_id: 'event_u', session: { id: 'sess_bench' } });
    }
    this.events.deliver(event, atMs);
  }
}

/** The scripted provider that all contestants talk to: Realtime sockets and instant Responses. */
export class Upstream implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  readonly #links = new Map<string, UpstreamLink>();

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request, response) => {
      respond(request, response, this.#links.get(contestantOf(request)));
    });
    server.on('upgrade', (request, socket: Socket, head) => {
      const link = this.#links.get(contestantOf(request));
      if (link === undefined) {
        socket.destroy();
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
        link.opened(socket);
        accepted.on('message', (data: Buffer) => {
          link.take(data.toString('utf8'));
        });
      });
    });
  }

  static async start(): Promise<Upstream> {
    const server = createServer();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
    await promise;
    return new Upstream(server);
  }

  /** The place of one contestant at this server. */
  linkOf(name: string): UpstreamLink {
    const link = this.#links.get(name) ?? new UpstreamLink(name);
    this.#links.set(name, link);
    return link;
  }

  /** Base address of the API for one contestant. */
  baseUrl(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => {
      resolve();
    });
    this.#server.closeAllConnections();
    await promise;
  }
}

const contestantOf = (request: IncomingMessage): string => request.url?.split('/')[1] ?? '';

/** An unmasked text frame (RFC 6455 §5.2), as a server sends it. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  if (length < 126) return Buffer.concat([Buffer.of(0x81, length), payload]);
  if (length < 0x1_00_00) {
    return Buffer.concat([Buffer.of(0x81, 126, length >> 8, length & 0xff), payload]);
  }
  const header = Buffer.alloc(10);
  header.writeUInt16BE(0x81_7f);
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, payload]);
}

let responses = 0;

/** Answers every Responses request at once with one short message, and anything else with an empty list. */
function respond(
  request: IncomingMessage,
  response: ServerResponse,
  link: UpstreamLink | undefined,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const atMs = performance.now();
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'application/json');
      response.end('{"models":[],"data":[]}');
      return;
    }
    link?.posts.deliver(Buffer.concat(chunks).toString('latin1'), atMs);
    if (link?.answerText !== undefined) {
      response.setHeader('content-type', 'text/event-stream');
      link.answerText(response);
      return;
    }
    responses += 1;
    const id = `resp_${responses}`;
    const message = {
      type: 'message',
      id: `msg_${responses}`,
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'It is done.', annotations: [] }],
    };
    const events: readonly RealtimeEvent[] = [
      { type: 'response.created', response: { id } },
      { type: 'response.output_item.done', output_index: 0, item: message },
      {
        type: 'response.completed',
        response: {
          id,
          usage: {
            input_tokens: 10,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: 5,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 15,
          },
        },
      },
    ];
    response.setHeader('content-type', 'text/event-stream');
    response.end(
      events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''),
    );
  });
}
