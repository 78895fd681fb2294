import { once } from 'node:events';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import {
  type Json,
  OpenEvent,
  type PracticeServer,
  ResponsesClient,
  rule,
  startPracticeApi,
} from '../testing/index.ts';

let server: PracticeServer;
beforeAll(async () => {
  server = await startPracticeApi({
    rules: [
      rule({ text: { contains: 'slow' } }, { say: 'one' }, { delayMs: 50 }, { say: 'two' }),
      rule({ text: { contains: 'hold' } }, { delayMs: 60_000 }),
      rule({ text: { contains: 'cut' } }, { say: 'one' }, { cut: true }),
      rule(
        { text: { contains: 'fail' } },
        { error: { status: 503, code: 'server_is_overloaded', message: 'busy' } },
      ),
      rule(
        { text: { contains: 'break' } },
        { say: 'one' },
        { error: { status: 500, code: 'bad_luck', message: 'no' } },
      ),
    ],
    fallback: 'practice',
  });
});
afterAll(() => server[Symbol.asyncDispose]());

type Connection = {
  readonly socket: WebSocket;
  send(frame: unknown): void;
  ask(body: Json): void;
  /** The next events up to one that ends a response, or an error. */
  next(): Promise<readonly Json[]>;
};

const ENDS = /^(?:error|response\.(?:completed|incomplete|failed))$/u;

async function connect(): Promise<Connection> {
  const socket = new WebSocket(`${server.url.href.replace('http', 'ws')}/responses`);
  const events: Json[] = [];
  let wake = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    events.push(JSON.parse(data.toString('utf8')) as Json);
    wake.resolve();
  });
  await once(socket, 'open');
  const send = (frame: unknown): void => {
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  };
  return {
    socket,
    send,
    ask: (body) => {
      send({ type: 'response.create', model: 'any', ...body });
    },
    next: async () => {
      for (;;) {
        const end = events.findIndex(({ type }) => ENDS.test(String(type)));
        if (end >= 0) return events.splice(0, end + 1);
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    },
  };
}

/** The words of the answer that ends here, and its id. */
function answerOf(events: readonly Json[]): { readonly id: string; readonly text: string } {
  const response = events.at(-1)?.['response'] as { id: string; output: Json[] };
  const parts = response.output.flatMap(({ content }) => content as { text: string }[]);
  return { id: response.id, text: parts.map(({ text }) => text).join('') };
}

/** What went wrong at an end, whether it is an error or a response that failed. */
function codeOf(end: Json): unknown {
  const { error } = (end['type'] === 'error' ? end : end['response']) as { error: Json | null };
  return error?.['code'];
}

const stray = { type: 'function_call_output', call_id: 'call_nobody', output: 'x' };

describe('the Responses API by WebSocket', () => {
  test('streams the events it has over HTTP', async () => {
    const connection = await connect();
    connection.ask({ input: 'what is 2 + 3?' });
    const events = await connection.next();
    const overHttp = await new ResponsesClient(server).stream({ input: 'what is 2 + 3?' });
    connection.socket.close();

    expect(events.map((event) => OpenEvent.parse(event).type)).toEqual(
      overHttp.map(({ type }) => type),
    );
    expect(answerOf(events).text).toContain('**5**');
  });

  test('goes on from what the connection said, though it is not kept', async () => {
    const connection = await connect();
    connection.ask({ input: 'hi', store: false });
    const { id } = answerOf(await connection.next());
    connection.ask({ input: 'what is 2 + 3?', store: false, previous_response_id: id });
    const second = answerOf(await connection.next());
    const stranger = await connect();
    stranger.ask({ input: 'and?', previous_response_id: id });

    expect(second.text).toContain('**5**');
    expect(await stranger.next()).toMatchObject([
      {
        type: 'error',
        status: 400,
        error: { code: 'previous_response_not_found', param: 'previous_response_id' },
      },
    ]);
    connection.socket.close();
    stranger.socket.close();
  });

  test.for([
    { name: 'an output that nobody called for', input: [stray], code: 'tool_call_not_found' },
    { name: 'a failure', input: 'fail', code: 'server_is_overloaded' },
    { name: 'a failure in the middle', input: 'break', code: 'bad_luck' },
  ])('forgets what it could not go on from because of $name', async ({ input, code }) => {
    const connection = await connect();
    const ends: Json[] = [];
    const say = async (body: Json): Promise<string> => {
      connection.ask(body);
      const events = await connection.next();
      ends.push(events.at(-1) ?? {});
      return String((events.at(-1)?.['response'] as Json | undefined)?.['id']);
    };
    const own = await say({ input: 'hi', store: false });
    await say({ input, store: false, previous_response_id: own });
    await say({ input: 'hi', store: false, previous_response_id: own });
    const kept = await say({ input: 'hi' });
    await say({ input, previous_response_id: kept });
    await say({ input: 'hi', previous_response_id: kept });
    connection.socket.close();

    expect(ends.map(codeOf)).toEqual([
      undefined,
      code,
      'previous_response_not_found',
      undefined,
      code,
      undefined,
    ]);
  });

  test('and HTTP go on from what either keeps', async () => {
    const http = new ResponsesClient(server);
    const connection = await connect();
    const { body } = await http.create({ input: 'hi' });
    connection.ask({ input: 'what is 2 + 3?', previous_response_id: body['id'] });
    const { id } = answerOf(await connection.next());
    connection.socket.close();

    expect(await http.create({ input: 'and?', previous_response_id: id })).toMatchObject({
      status: 200,
    });
  });

  test('says nothing where nothing is to be generated, and goes on from that', async () => {
    const connection = await connect();
    connection.ask({ input: [], generate: false, store: false });
    const warmed = await connection.next();
    connection.ask({ input: 'what is 2 + 3?', previous_response_id: answerOf(warmed).id });
    const answer = answerOf(await connection.next());
    connection.socket.close();

    expect(warmed.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
    ]);
    expect(answer.text).toContain('**5**');
  });

  test('answers in order on one lane and beside it on another', async () => {
    const connection = await connect();
    connection.ask({ input: 'slow', stream_id: 'a' });
    connection.ask({ input: 'what is 2 + 3?', stream_id: 'a' });
    connection.ask({ input: 'what is 4 + 5?', stream_id: 'b' });
    const ends: Json[] = [];
    for (let count = 0; count < 3; count += 1) ends.push((await connection.next()).at(-1) ?? {});
    connection.socket.close();

    expect(
      ends.map((end) => [end['stream_id'], /one|\*\*\d\*\*/u.exec(answerOf([end]).text)?.[0]]),
    ).toEqual([
      ['b', '**9**'],
      ['a', 'one'],
      ['a', '**5**'],
    ]);
  });

  test('tells what is wrong and goes on', async () => {
    const connection = await connect();
    const told: unknown[] = [];
    for (const frame of [
      '{',
      '[]',
      '{"a":'.repeat(5000),
      { type: 'response.steer', input: 'x' },
      { type: 'response.create', input: 'hi' },
      { type: 'response.create', model: 'any', input: 'hi', background: true },
      { type: 'response.create', model: 'any', input: 'hi', stream_id: 5 },
      { type: 'response.create', model: 'any', input: 'fail' },
    ]) {
      connection.send(frame);
      const [event = {}] = await connection.next();
      const { code, param } = event['error'] as Json;
      told.push([event['type'], event['status'], code, param]);
    }
    connection.socket.send(Buffer.from('{}'), { binary: true });
    const [binary] = await connection.next();
    connection.ask({ input: 'what is 2 + 3?' });
    const answer = answerOf(await connection.next());
    connection.socket.close();

    expect(told).toEqual([
      ['error', 400, 'invalid_json', null],
      ['error', 400, 'missing_required_parameter', 'type'],
      ['error', 400, 'invalid_json', null],
      ['error', 400, 'invalid_value', 'type'],
      ['error', 400, 'missing_required_parameter', 'model'],
      ['error', 400, 'invalid_value', 'background'],
      ['error', 400, 'invalid_value', 'stream_id'],
      ['error', 503, 'server_is_overloaded', null],
    ]);
    expect(binary).toMatchObject({ type: 'error', error: { code: 'invalid_json' } });
    expect(answer.text).toContain('**5**');
  });

  test('refuses more requests than may wait', async () => {
    const connection = await connect();
    connection.ask({ input: 'hold' });
    for (let count = 0; count < 32; count += 1) connection.ask({ input: 'hi', generate: false });
    const events = await connection.next();
    connection.socket.close();

    expect(events.at(-1)).toMatchObject({ status: 429, error: { code: 'too_many_requests' } });
  });

  test('breaks off where the script says so', async () => {
    const connection = await connect();
    connection.ask({ input: 'cut' });

    expect((await once(connection.socket, 'close'))[0]).toBe(1011);
  });
});
