import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, test } from 'vitest';

import { FakeEngine } from '../testing/index.ts';
import { answerFirstLine, readFirstLine } from './initialize/index.ts';
import { serveStdio } from './stdio.ts';

const hello = { id: 7, method: 'initialize', params: { clientInfo: { name: 'é', version: '1' } } };
const facts = { env: { PARLEY_HOME: '/home/p' }, cwd: '/work', version: '1.2.3' };
const noArgs = { configOverrides: [], enable: [], disable: [], join: false };
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const streams: PassThrough[] = [];
const stream = (): PassThrough => {
  const made = new PassThrough();
  streams.push(made);
  return made;
};
afterEach(() => {
  for (const made of streams.splice(0)) made.destroy();
});

function serve(
  engine: FakeEngine,
  input: PassThrough,
  stopped = new Promise<void>(() => undefined),
) {
  const output = stream();
  const errors = stream();
  const deps = { ...facts, input, output, errors, stopped, loadEngine: engine.load };
  const done = (async () => {
    const first = await answerFirstLine(deps);
    if (first !== undefined) await serveStdio(first, noArgs, deps);
  })();
  return { output, errors, done };
}

describe('the first line on stdio', () => {
  test('is answered before any engine is there', async () => {
    const input = stream();
    const output = stream();
    input.write(line(hello));

    const first = await answerFirstLine({ ...facts, input, output });

    expect(JSON.parse(String(output.read()))).toMatchObject({
      id: 7,
      result: {
        codexHome: '/home/p',
        userAgent: expect.stringMatching(/^_\/\d.* parley\/1\.2\.3$/u) as string,
      },
    });
    expect(first?.initialize?.params.clientInfo.name).toBe('é');
  });

  test('may come in pieces that cut a character in two', async () => {
    const input = stream();
    const bytes = Buffer.from(line(hello));
    const cut = bytes.indexOf(0xc3) + 1;
    const first = readFirstLine(input);
    input.write(bytes.subarray(0, cut));
    input.write(bytes.subarray(cut));

    expect((await first)?.initialize?.params.clientInfo.name).toBe('é');
  });

  test('that never ends is the end', async () => {
    const input = stream();
    input.end('{"id":1');

    expect(await readFirstLine(input)).toBeUndefined();
  });
});

describe('the engine on stdio', () => {
  test('gets everything after the answered line, in order, and nothing twice', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const connected = engine.nextConnection();
    input.write(`${line(hello)}${line({ method: 'initialized' })}{"id":`);
    const { done, output } = serve(engine, input);
    const connection = await connected;
    input.write('8,"method":"model/list","params":{}}\n');
    await connection.until(() => connection.received.length === 2);

    expect(connection.resumed).toEqual({ initialize: hello.params });
    expect(connection.received).toEqual([
      { method: 'initialized' },
      { id: 8, method: 'model/list', params: {} },
    ]);
    connection.send({ id: 8, result: { data: [] } });
    input.end();
    await done;
    output.end();
    const lines = (await text(output)).trim().split('\n');
    expect(lines.map((each) => (JSON.parse(each) as { id: number }).id)).toEqual([7, 8]);
    expect(engine.closeCount).toBe(1);
  });

  test('gets a first line that is no initialize untouched', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const connected = engine.nextConnection();
    input.write(line({ id: 1, method: 'thread/start', params: {} }));
    const { output } = serve(engine, input);
    const connection = await connected;
    await connection.until(() => connection.received.length === 1);

    expect(connection.resumed).toBeUndefined();
    expect(connection.received).toEqual([{ id: 1, method: 'thread/start', params: {} }]);
    expect(output.read()).toBeNull();
  });

  test('passes over what is not JSON and says so', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const connected = engine.nextConnection();
    input.write(`${line(hello)}nonsense\n${line({ method: 'initialized' })}`);
    const { errors } = serve(engine, input);
    const connection = await connected;
    await connection.until(() => connection.received.length === 1);

    expect(connection.received).toEqual([{ method: 'initialized' }]);
    expect(String(errors.read())).toMatch(/^parley: .*not valid JSON\.\n$/u);
  });

  test('is closed when the process is told to stop, though the input stays open', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
    const connected = engine.nextConnection();
    input.write(line(hello));
    const { done } = serve(engine, input, stopped);
    await connected;
    stop();
    await done;

    expect(engine.closeCount).toBe(1);
  });

  test('ends with a reason when its client reads nothing any more', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const connected = engine.nextConnection();
    input.write(line(hello));
    const { done } = serve(engine, input);
    const connection = await connected;
    const sound = { method: 'sound', params: { data: 'A'.repeat(1024 * 1024) } };
    for (let n = 0; n < 40; n += 1) connection.send(sound);

    await expect(done).rejects.toMatchObject({ code: 'command', exitCode: 1 });
    expect(engine.closeCount).toBe(1);
  });

  test('hands on what the process was started with', async () => {
    const engine = new FakeEngine();
    const input = stream();
    const connected = engine.nextConnection();
    input.write(line(hello));
    serve(engine, input);
    await connected;

    const { join: _, ...given } = noArgs;
    expect(engine.options).toEqual({ ...facts, ...given, home: '/home/p' });
  });
});
