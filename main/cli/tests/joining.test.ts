import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import { beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { createSocketTransport } from '../../../core/rpc/index.ts';
import { RpcProbe } from '../../../core/testing/index.ts';
import { buildIfStale, EngineProcess, HostProcess, LAUNCHER } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

const newHome = () => mkdtempDisposable(join(tmpdir(), 'parley-join-'));
const socketIn = (home: string): string =>
  join(home, 'app-server-control', 'app-server-control.sock');
const environment = (home: string) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: home,
  PARLEY_HOME: home,
});

/** `parley app-server` as an editor starts it, said hello to. */
async function editor(home: string): Promise<EngineProcess> {
  const started = new EngineProcess(home);
  await started.client.hello('editor', { experimentalApi: true });
  return started;
}

/** A client that others wrote, by the socket of the home. */
async function foreigner(path: string): Promise<RpcProbe> {
  const socket = new WebSocket('ws://localhost/', { createConnection: () => connect(path) });
  const probe = new RpcProbe(createSocketTransport(socket, () => undefined));
  await once(socket, 'open');
  await probe.hello('foreigner', { experimentalApi: true });
  return probe;
}

test('page, command line, editor and a foreign client see one conversation', async () => {
  await using home = await newHome();
  await using host = new HostProcess(home.path);
  const page = await host.client(await host.url());
  await using joined = await editor(home.path);
  const foreign = await foreigner(socketIn(home.path));
  const threadId = await page.thread();
  const turnId = await page.turn(threadId, 'What is 6 * 7?');
  for (const client of [joined.client, foreign]) {
    expect(await client.call('thread/resume', { threadId })).toMatchObject({
      thread: { turns: [{ id: turnId }] },
    });
  }
  for (const client of [page, joined.client, foreign]) {
    expect(await client.notification('turn/completed')).toMatchObject({ turn: { id: turnId } });
  }

  const run = await promisify(execFile)(process.execPath, [LAUNCHER, 'exec', 'What is 2 * 4?'], {
    cwd: dirname(home.path),
    env: environment(home.path),
  });
  expect(run.stdout).toContain('8');
  expect(run.stderr).toBe('');
  expect(await page.notification('thread/started', 2)).toMatchObject({
    thread: { cwd: dirname(home.path) },
  });
  foreign.close();
});

test('of several that start at once where one was killed, one is the engine and the others join it', async () => {
  await using home = await newHome();
  const killed = await editor(home.path);
  await killed.client.thread();
  await killed[Symbol.asyncDispose]();

  const editors = await Promise.all(Array.from({ length: 3 }, () => editor(home.path)));
  const threadIds = await Promise.all(editors.map(({ client }) => client.thread()));
  for (const { client } of editors) {
    const { data } = await client.call('thread/loaded/list', {});
    expect(data).toEqual(expect.arrayContaining(threadIds));
  }
  await Promise.all(editors.map((each) => each[Symbol.asyncDispose]()));
});

test('an editor whose engine was another process says that it has ended, and ends', async () => {
  await using home = await newHome();
  const first = await editor(home.path);
  await first.client.thread();
  const second = spawn(process.execPath, [LAUNCHER, 'app-server'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: home.path,
    env: environment(home.path),
  });
  const words = text(second.stderr);
  const hello = {
    id: 1,
    method: 'initialize',
    params: { clientInfo: { name: 'e', version: '1' } },
  };
  second.stdin.write(`${JSON.stringify(hello)}\n{"id":2,"method":"model/list","params":{}}\n`);
  let answers = '';
  while (!answers.includes('"id":2')) answers += String((await once(second.stdout, 'data'))[0]);
  first.kill();

  expect(await once(second, 'close')).toEqual([1, null]);
  expect(await words).toBe('parley: The Parley whose engine was joined here has ended.\n');
});

test('the page goes on with an engine of its own when the one it had joined has ended', async () => {
  await using home = await newHome();
  await using first = await editor(home.path);
  const threadId = await first.client.thread();
  await first.client.turn(threadId, 'What is 6 * 7?');
  await first.client.notification('turn/completed');
  await using host = new HostProcess(home.path);
  const url = await host.url();
  const page = await host.client(url);
  await page.call('thread/resume', { threadId });
  const pid = await host.enginePid();
  first.kill();
  await page.closed;
  await host.enginePid(pid);
  const again = await host.client(url);

  expect(await again.call('thread/resume', { threadId })).toMatchObject({
    thread: { id: threadId },
  });
  expect(host.output).toContain('The Parley whose engine was joined here has ended.');
  await using late = await editor(home.path);
  expect(await late.client.call('thread/loaded/list', {})).toEqual(
    await again.call('thread/loaded/list', {}),
  );
});

test('the socket of a home is its owner’s alone, no page’s, and goes with its engine', async () => {
  await using home = await newHome();
  const path = socketIn(home.path);
  // By its whole path it is the home's, too, and no other one besides.
  const engine = spawn(process.execPath, [LAUNCHER, 'app-server', '--listen', `unix://${path}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: home.path,
    env: environment(home.path),
  });
  expect(String((await once(engine.stderr, 'data'))[0])).toBe(`listening on: unix://${path}\n`);

  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect(await statusOf(path, '/readyz', {})).toBe(200);
  expect(await statusOf(path, '/', {})).toBe(400);
  expect(await statusOf(path, '/readyz', { origin: 'http://localhost' })).toBe(403);
  const second = await promisify(execFile)(
    process.execPath,
    [LAUNCHER, 'app-server', '--listen', 'unix://'],
    { cwd: home.path, env: environment(home.path) },
  ).catch((error: unknown) => error);
  expect(second).toMatchObject({
    code: 1,
    stderr: `parley: Another engine listens on ${path} already.\n`,
  });
  engine.kill('SIGTERM');
  expect(await once(engine, 'close')).toEqual([0, null]);
  await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
});

async function statusOf(
  socketPath: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<number | undefined> {
  const asked = request({ socketPath, path, headers });
  asked.end();
  const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return response.statusCode;
}
