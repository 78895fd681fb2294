import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { setImmediate as nextTick } from 'node:timers/promises';

type Event = { readonly type: string } & Readonly<Record<string, unknown>>;

const MAX_WORDS = 40;
const PLAN = { plan: [{ step: 'Go on', status: 'in_progress' }] };

/**
 * A model that thinks, then speaks or first shows a plan, with items of every size and ids that never
 * come again, a piece at a time.
 */
export class SoakModelServer implements AsyncDisposable {
  readonly baseUrl: string;
  readonly #server: ReturnType<typeof createServer>;
  #items = 0;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    server.on('request', (request, response) => {
      void this.#take(request, response);
    });
  }

  static async start(): Promise<SoakModelServer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new SoakModelServer(server);
  }

  /** The settings of a home whose conversations it answers. */
  get config(): string {
    return `model = "soak"
model_provider = "soak"

[model_providers.soak]
name = "Soak"
base_url = "${this.baseUrl}"
experimental_bearer_token = "soak"
request_max_retries = 0
stream_max_retries = 0
`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'application/json').end('{"models":[],"data":[]}');
      return;
    }
    const { input } = (await json(request)) as { input: readonly { readonly type: string }[] };
    response.setHeader('content-type', 'text/event-stream');
    await this.#answer(response, input.at(-1)?.type === 'function_call_output');
  }

  async #answer(response: ServerResponse, isAnswerToPlan: boolean): Promise<void> {
    const id = this.#newId('resp');
    const shows = !isAnswerToPlan && randomInt(3) === 0;
    const events: Event[] = [
      { type: 'response.created', response: { id } },
      ...this.#thought(0),
      ...(shows ? this.#plan(1) : this.#message(1)),
      { type: 'response.completed', response: { id, usage: usage() } },
    ];
    for (const event of events) {
      // A client that was killed reads no more.
      if (response.destroyed) return;
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      await nextTick();
    }
    response.end();
  }

  #thought(index: number): readonly Event[] {
    const item = { type: 'reasoning', id: this.#newId('rs') };
    const summary = [{ type: 'summary_text', text: words() }];
    return [
      added(index, { ...item, summary: [] }),
      done(index, { ...item, summary, encrypted_content: words() }),
    ];
  }

  #message(index: number): readonly Event[] {
    const item = { type: 'message', id: this.#newId('msg'), role: 'assistant' };
    const pieces = Array.from({ length: 1 + randomInt(4) }, words);
    const content = [{ type: 'output_text', text: pieces.join(''), annotations: [] }];
    return [
      added(index, { ...item, content: [] }),
      ...pieces.map((delta) => ({
        type: 'response.output_text.delta',
        item_id: item.id,
        output_index: index,
        content_index: 0,
        delta,
      })),
      done(index, { ...item, status: 'completed', content }),
    ];
  }

  #plan(index: number): readonly Event[] {
    const call = { type: 'function_call', id: this.#newId('fc'), call_id: this.#newId('call') };
    const item = { ...call, name: 'update_plan', arguments: JSON.stringify(PLAN) };
    return [added(index, { ...item, arguments: '' }), done(index, item)];
  }

  #newId(prefix: string): string {
    this.#items += 1;
    return `${prefix}_${this.#items}`;
  }
}

function added(index: number, item: object): Event {
  return { type: 'response.output_item.added', output_index: index, item };
}

function done(index: number, item: object): Event {
  return { type: 'response.output_item.done', output_index: index, item };
}

function words(): string {
  return 'wörter und Zeilen\n'.repeat(1 + randomInt(MAX_WORDS));
}

function usage(): object {
  return {
    input_tokens: 10,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 5,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 15,
  };
}
