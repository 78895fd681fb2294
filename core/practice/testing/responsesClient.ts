import * as z from 'zod';

const Json = z.record(z.string(), z.unknown());
/** JSON as a test reads it. */
export type Json = Readonly<z.infer<typeof Json>>;

const Output = z.array(
  z.looseObject({ content: z.array(z.looseObject({ text: z.string() })).optional() }),
);

export type Answer = { readonly status: number; readonly body: Json };

/** A client of the bare Responses API. */
export class ResponsesClient {
  readonly #base: string;

  constructor(server: { readonly url: URL }) {
    this.#base = `${server.url.href}/`;
  }

  /** Asks for a response; the model may be left out. */
  async create(body: Json): Promise<Answer> {
    return this.send('POST', 'responses', { model: 'any', ...body });
  }

  async send(method: 'GET' | 'POST' | 'DELETE', path: string, body?: Json): Promise<Answer> {
    const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const response = await fetch(new URL(path, this.#base), init);
    return { status: response.status, body: Json.parse(await response.json()) };
  }

  /** The events of a streamed response, in order. */
  async stream(body: Json): Promise<readonly Json[]> {
    const response = await fetch(new URL('responses', this.#base), {
      method: 'POST',
      body: JSON.stringify({ model: 'any', ...body, stream: true }),
    });
    const blocks = (await response.text()).trim().split('\n\n');
    return blocks.map((block) => Json.parse(JSON.parse(/^data: (.*)$/mu.exec(block)?.[1] ?? '')));
  }
}

/** The words of a response, all its messages together. */
export function outputText({ body }: Answer): string {
  const output = Output.parse(body['output']);
  return output.flatMap(({ content = [] }) => content.map(({ text }) => text)).join('');
}
