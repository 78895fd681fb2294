import { createServer, type IncomingHttpHeaders } from 'node:http';

import { listenOnLoopback, Sequence } from '../platform/testing/index.ts';

/** What the server says to a question for its models; `hang` says nothing at all. */
export type ModelsReply =
  | 'hang'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };

export type ModelsQuestion = { readonly url: string; readonly headers: IncomingHttpHeaders };

export type ModelServer = AsyncDisposable & {
  /** What a provider's base URL would be. */
  readonly baseUrl: string;
  /** Questions for the models so far. */
  readonly questions: readonly ModelsQuestion[];
  /** Bodies of the sampling requests so far. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  /** Resolves with the n-th question (from 1) once it is there. */
  question(n: number): Promise<ModelsQuestion>;
};

/**
 * A provider on loopback that answers every turn with one word and is asked for its models: `reply`
 * gets the number of the question (from 1). `headers` go with the answers to turns.
 */
export async function startModelServer(
  reply: (n: number) => ModelsReply,
  headers: Readonly<Record<string, string>> = {},
): Promise<ModelServer> {
  const questions = new Sequence<ModelsQuestion>();
  const bodies: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST') {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tests look into whatever came
        bodies.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
        response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
        response.end(ANSWER);
        return;
      }
      const question = { url: request.url ?? '', headers: request.headers };
      questions.add(question);
      const answer = reply(questions.all.length);
      if (answer === 'hang') return;
      response.writeHead(answer.status, answer.headers);
      response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
    });
  });
  const { port, close } = await listenOnLoopback(server);
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    questions: questions.all,
    bodies,
    question: async (n) => questions.at(n),
    [Symbol.asyncDispose]: close,
  };
}

const item = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Yes.' }],
};
const ANSWER = [
  { type: 'response.created', response: { id: 'resp_1' } },
  { type: 'response.output_item.done', output_index: 0, item },
  { type: 'response.completed', response: { id: 'resp_1', usage: null } },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('');
