import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { beforeAll, expect, test } from 'vitest';

import type { ClientCapabilities } from '../../../core/protocol/index.ts';
import { answering, asked } from '../../../core/testing/index.ts';
import { buildIfStale, EngineProcess, isRunning } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

const newHome = () => mkdtempDisposable(join(tmpdir(), 'parley-gone-'));
const socketIn = (home: string): string =>
  join(home, 'app-server-control', 'app-server-control.sock');

/** `parley app-server` as an editor starts it; the first of a home is the engine, others join it. */
async function editor(home: string, capabilities: ClientCapabilities = {}): Promise<EngineProcess> {
  const started = new EngineProcess(home);
  await started.client.hello('editor', { experimentalApi: true, ...capabilities });
  return started;
}

type Item = { readonly id: string };
type Turn = { readonly id: string; readonly status: string; readonly items: readonly Item[] };

/** Has an engine run a program that does not end by itself, and resolves to its process id. */
async function endlessProgram({ client }: EngineProcess, processId: string): Promise<number> {
  void client.ask('command/exec', {
    command: ['/bin/sh', '-c', 'echo $$; exec sleep 1000'],
    processId,
    streamStdoutStderr: true,
    disableTimeout: true,
    sandboxPolicy: { type: 'dangerFullAccess' },
  });
  const isIts = (params: Readonly<Record<string, unknown>>): boolean =>
    params['processId'] === processId;
  const { deltaBase64 } = await client.notification('command/exec/outputDelta', 1, isIts);
  return Number(Buffer.from(String(deltaBase64), 'base64').toString());
}

const waysToGo: readonly (readonly [how: string, go: (engine: EngineProcess) => void])[] = [
  [
    'says no more',
    (engine) => {
      engine.endInput();
    },
  ],
  [
    'says half a request',
    (engine) => {
      engine.endInput('{"id":99,"method":"turn/interr');
    },
  ],
  [
    'is gone',
    (engine) => {
      engine.stopListening();
      engine.endInput();
    },
  ],
  [
    'listens no more while an answer streams',
    (engine) => {
      engine.stopListening();
    },
  ],
];

test('an editor that goes amid a turn and a program has kept what it was told, and leaves nothing running', async () => {
  await using home = await newHome();
  const left: { readonly threadId: string; readonly items: readonly unknown[] }[] = [];
  for (const [how, go] of waysToGo) {
    await using engine = await editor(home.path);
    const { client } = engine;
    const threadId = await client.thread();
    // The steps of its answer come all the while, and it takes much longer than this test may.
    await client.turn(threadId, 'Wait 60 seconds');
    await client.notification('item/agentMessage/delta');
    const pid = await endlessProgram(engine, how);
    left.push({ threadId, items: client.all('item/completed').map(({ item }) => item) });
    go(engine);

    expect({ how, ended: await engine.ended }).toEqual({ how, ended: [0, null] });
    expect({ how, runs: isRunning(pid) }).toEqual({ how, runs: false });
    expect(existsSync(socketIn(home.path))).toBe(false);
  }

  await using reader = await editor(home.path);
  for (const { threadId, items } of left) {
    const { thread } = await reader.client.call('thread/read', { threadId, includeTurns: true });
    const { path, turns } = thread as { readonly path: string; readonly turns: readonly Turn[] };
    expect(turns).toMatchObject([{ status: 'interrupted' }]);
    expect(turns[0]?.items).toEqual(expect.arrayContaining([...items]));
    expect((await readFile(path, 'utf8')).endsWith('\n')).toBe(true);
  }
}, 30_000);

test('a joined editor that is killed while it is asked leaves the question to the others, and to those who come', async () => {
  await using home = await newHome();
  await using first = await editor(home.path, {
    optOutNotificationMethods: ['thread/status/changed'],
  });
  const threadId = await first.client.thread();
  const killed = await editor(home.path);
  await killed.client.call('thread/resume', { threadId });
  const turnId = await first.client.turn(threadId, 'Ask me which colour I like');
  const question = await asked(first.client);
  expect(await asked(killed.client)).toEqual(question);
  await killed[Symbol.asyncDispose]();
  await using late = await editor(home.path, {
    optOutNotificationMethods: ['item/agentMessage/delta'],
  });
  await late.client.call('thread/resume', { threadId });

  const { id, params } = await asked(late.client);
  expect({ id, params }).toEqual({ id: question.id, params: question.params });
  late.client.send(answering(id, 'Coral'));
  await first.client.notification('serverRequest/resolved');
  first.client.send(answering(id, 'Teal'));
  for (const { client } of [first, late]) {
    await client.notification('item/completed', 1, (told) =>
      JSON.stringify(told).includes('You answered **Coral**.'),
    );
    await client.notification('turn/completed', 1, ({ turn }) => (turn as Turn).id === turnId);
    expect(client.all('serverRequest/resolved')).toMatchObject([{ threadId, requestId: id }]);
    expect(client.all('item/tool/requestUserInput')).toHaveLength(1);
  }
  // Each has opted out of what the other one hears.
  expect(first.client.order).not.toContain('thread/status/changed');
  expect(first.client.order).toContain('item/agentMessage/delta');
  expect(late.client.order).toContain('thread/status/changed');
  expect(late.client.order).not.toContain('item/agentMessage/delta');
}, 30_000);

/** A provider that says nothing of its models until it is told to. */
async function slowProvider(): Promise<
  { readonly config: string; answer(): void } & AsyncDisposable
> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_request, response) => waiting.push(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    config: `model_provider = "slow"
[model_providers.slow]
name = "Slow"
base_url = "http://127.0.0.1:${port}/v1"
`,
    answer: () => {
      for (const response of waiting) response.end('{"data":[]}');
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a joined editor that asks for too much at once is told to come later, and nobody else is', async () => {
  await using home = await newHome();
  await using provider = await slowProvider();
  await writeFile(join(home.path, 'config.toml'), provider.config);
  await using first = await editor(home.path);
  await first.client.call('thread/loaded/list', {});
  await using greedy = await editor(home.path);

  const answers = Array.from({ length: 300 }, () => greedy.client.ask('model/list', {}));
  const busy = { code: -32001, message: 'Server overloaded; retry later.' };
  expect(await Promise.all(answers.slice(256))).toEqual(
    Array.from({ length: 44 }, (_, index) => ({ id: 258 + index, error: busy })),
  );
  expect(await first.client.call('thread/loaded/list', {})).toMatchObject({ data: [] });
  provider.answer();
  const served = await Promise.all(answers.slice(0, 256));
  expect(served.filter(({ error }) => error !== undefined)).toEqual([]);
  expect(await greedy.client.call('thread/loaded/list', {})).toMatchObject({ data: [] });
});
