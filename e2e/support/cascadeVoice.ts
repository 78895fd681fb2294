import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { messageAnswer, sseEvent } from '../../core/model/testing/index.ts';
import type { RpcProbe } from '../../core/testing/index.ts';
import { EngineProcess } from '../../main/testing/index.ts';
import { concatPcm, encodePcm, msToSamples, silence } from '../../realtime/audio/index.ts';
import { tone } from '../../realtime/audio/testing/index.ts';

export const CASCADE_PARTS = ['ears', 'text', 'mouth'] as const;
export type CascadePart = (typeof CASCADE_PARTS)[number];
/** The one that is waited for is the last, so that a short run has the others. */
export const PART_FAULTS = ['error', 'cut', 'garbage', 'slow'] as const;
export type PartFault = (typeof PART_FAULTS)[number];

const PATHS: Readonly<Record<string, CascadePart>> = {
  '/v1/audio/transcriptions': 'ears',
  '/v1/responses': 'text',
  '/v1/audio/speech': 'mouth',
};
const ANSWER = 'Here I am.';

/** The three parts of a cascade, each of which takes its time and fails when it is told to. */
class PartServers {
  readonly baseUrl: string;
  /** How long each part takes until its first byte. */
  firstByteMs: Readonly<Record<CascadePart, number>> = { ears: 0, text: 0, mouth: 0 };
  /** How long that has really been, of all requests since it was emptied. */
  readonly firstBytesMs: number[] = [];
  fault: { readonly part: CascadePart; readonly kind: PartFault } | undefined;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    server.on('request', (request, response) => {
      void this.#take(request, response);
    });
  }

  static async start(): Promise<PartServers> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PartServers(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for await (const _ of request);
    const readMs = performance.now();
    const part = PATHS[new URL(request.url ?? '', this.baseUrl).pathname];
    if (part === undefined) {
      response.setHeader('content-type', 'application/json').end('{"models":[],"data":[]}');
      return;
    }
    if (this.fault?.part === part) {
      fail(response, this.fault.kind);
      return;
    }
    await wait(this.firstByteMs[part]);
    this.firstBytesMs.push(performance.now() - readMs);
    answer(response, part);
  }
}

function fail(response: ServerResponse, kind: PartFault): void {
  switch (kind) {
    case 'slow':
      return;
    case 'error':
      response.writeHead(500).end('{"error":{"message":"out of memory"}}');
      return;
    case 'cut':
      response.writeHead(200).write('{"te', () => response.destroy());
      return;
    case 'garbage':
      response.setHeader('content-type', 'text/html').end('<!doctype html><h1>It works!</h1>');
  }
}

function answer(response: ServerResponse, part: CascadePart): void {
  switch (part) {
    case 'ears':
      response.setHeader('content-type', 'application/json').end('{"text":"Are you there?"}');
      return;
    case 'text':
      response.setHeader('content-type', 'text/event-stream');
      response.end(messageAnswer(ANSWER).map(sseEvent).join(''));
      return;
    case 'mouth':
      response.setHeader('content-type', 'audio/pcm').end(Buffer.from(tone(440, 300).buffer));
  }
}

/** What a spoken turn came to. */
export type CascadeTurn = {
  readonly answered: boolean;
  /** What people were told of. */
  readonly told: readonly string[];
  /** From the last of what was said to the first sound of the answer. */
  readonly firstSoundMs: number | undefined;
};

/** A process of the engine whose voice is a cascade of three servers of this process. */
export class CascadeVoice implements AsyncDisposable {
  readonly servers: PartServers;
  readonly #home: string;
  readonly #process: EngineProcess;
  readonly #client: RpcProbe;
  readonly #threadId: string;
  #turns = 0;

  private constructor(servers: PartServers, home: string, engine: EngineProcess, threadId: string) {
    this.servers = servers;
    this.#home = home;
    this.#process = engine;
    this.#client = engine.client;
    this.#threadId = threadId;
  }

  static async start(): Promise<CascadeVoice> {
    const servers = await PartServers.start();
    const home = await mkdtemp(join(tmpdir(), 'parley-cascade-'));
    await writeFile(join(home, 'config.toml'), config(servers.baseUrl));
    const engine = new EngineProcess(home);
    const { client } = engine;
    await client.hello('cascade', { experimentalApi: true });
    const threadId = await client.thread();
    await client.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await client.notification('thread/realtime/session/updated');
    return new CascadeVoice(servers, home, engine, threadId);
  }

  /** Says something, and waits until that has been dealt with. */
  async turn(): Promise<CascadeTurn> {
    this.#turns += 1;
    const client = this.#client;
    const mark = client.mark;
    const said = concatPcm([silence(200), tone(300, 400), silence(400)]);
    await this.#append(said);
    // The turn is over with some of these; the one that ends it is where the clock starts.
    for (let sent = 0; sent < 20 && !this.#isOver(mark); sent += 1) {
      this.#spokenMs = performance.now();
      await this.#append(silence(40));
    }
    const firstSound = this.#firstSound(mark);
    await client.notification('thread/realtime/response/completed', this.#turns);
    const since = client.messages.slice(mark);
    const told = since.flatMap(({ method, params }) =>
      method === 'thread/realtime/warning' || method === 'thread/realtime/transcript/failed'
        ? [String(params?.['message'])]
        : [],
    );
    const answered = since.some(({ method }) => method === 'thread/realtime/outputAudio/delta');
    return { answered, told, firstSoundMs: answered ? await firstSound : undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await this.servers.close();
    await rm(this.#home, { recursive: true, force: true });
  }

  #spokenMs = 0;

  #isOver(mark: number): boolean {
    return this.#client.messages
      .slice(mark)
      .some(({ method }) => method === 'thread/realtime/speech/stopped');
  }

  async #firstSound(mark: number): Promise<number> {
    const client = this.#client;
    const before = client.messages
      .slice(0, mark)
      .filter(({ method }) => method === 'thread/realtime/outputAudio/delta').length;
    await client.notification('thread/realtime/outputAudio/delta', before + 1);
    return performance.now() - this.#spokenMs;
  }

  async #append(samples: Int16Array): Promise<void> {
    const step = msToSamples(100);
    for (let start = 0; start < samples.length; start += step) {
      const data = encodePcm(samples.slice(start, start + step));
      const audio = { data, sampleRate: 24_000, numChannels: 1 };
      await this.#client.call('thread/realtime/appendAudio', { threadId: this.#threadId, audio });
    }
  }
}

const config = (baseUrl: string): string => `model = "any"
model_provider = "parts"
[model_providers.parts]
base_url = "${baseUrl}"
request_max_retries = 0
[realtime]
provider = "cascade"
[realtime.cascade.speech_to_text]
provider = "parts"
model = "ears"
[realtime.cascade.text_to_speech]
provider = "parts"
model = "mouth"
`;
