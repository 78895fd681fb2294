import { once } from 'node:events';
import { chmod, mkdir, mkdtempDisposable, readdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { platform } from 'node:process';

import { expect, test } from 'vitest';

import { createMemoryTransportPair } from '../../../core/rpc/index.ts';
import { RpcProbe } from '../../../core/testing/index.ts';
import { FakeEngine } from '../../testing/index.ts';
import { claimSocket, socketPath } from './claimSocket.ts';
import { dial } from './dial.ts';
import { folderOf, joiningHeaders, joiningRefusal } from './facts.ts';
import { JoinedEngine } from './joinedEngine.ts';
import { openEngine } from './openEngine.ts';

const newHome = () => mkdtempDisposable(join(tmpdir(), 'parley-join-'));
const noArgs = { configOverrides: [], enable: [], disable: [] };

/** What a process brings along; each has an engine of its own that it can load. */
function process(home: string, more: { version?: string; env?: Record<string, string> } = {}) {
  const engine = new FakeEngine();
  const told: string[] = [];
  const deps = {
    env: { PARLEY_HOME: home, ...more.env },
    cwd: '/work',
    version: more.version ?? '1.2.3',
    loadEngine: engine.load,
    tell: (sentence: string) => told.push(sentence),
  };
  return { engine, told, deps };
}

test('of twenty that claim a socket at once, over a dead one as well, one has it', async () => {
  await using home = await newHome();
  const path = socketPath(home.path);
  const first = await claimSocket(path);
  expect(first.kind).toBe('held');
  // A name behind which nobody listens, as `kill -9` leaves it.
  if (first.kind === 'held') first.server.close();

  const claims = await Promise.all(Array.from({ length: 20 }, () => claimSocket(path)));
  const held = claims.filter((claim) => claim.kind === 'held');
  expect(held).toHaveLength(1);
  expect(claims.filter(({ kind }) => kind === 'taken')).toHaveLength(19);
  const visitor = connect(path);
  await once(visitor, 'connect');
  visitor.destroy();
  held[0]?.release();
  held[0]?.release();
  expect(await readdir(dirname(path))).toEqual(['takeover.lock']);
});

test('a place where no socket can be made is told, and has an engine that nobody joins', async () => {
  await using home = await newHome();
  const far = join(home.path, 'x'.repeat(120));
  expect(await claimSocket(socketPath(far))).toMatchObject({ kind: 'impossible' });
  await writeFile(dirname(socketPath(home.path)), 'a file where the folder has to be');
  const { engine, told, deps } = process(home.path);

  await using opened = disposing(await openEngine(noArgs, deps, 'share'));
  expect(opened.config).toBe(engine.config);
  expect(told).toEqual([]);
});

test('who joins is served by the other engine, as the owner and from its own folder', async () => {
  await using home = await newHome();
  const here = process(home.path);
  const there = process(home.path);
  await using _ = disposing(await openEngine(noArgs, here.deps, 'share'));
  const arriving = here.engine.nextConnection();
  await using joined = disposing(await openEngine(noArgs, there.deps, 'share'));
  const [near, far] = createMemoryTransportPair();
  const probe = new RpcProbe(near);
  joined.connect(far);
  probe.send({ id: 1, method: 'anything', params: {} });
  const connection = await arriving;
  await connection.until(() => connection.received.length === 1);

  expect(connection.resumed).toEqual({ isOwner: true, cwd: '/work' });
  expect(connection.received).toEqual([{ id: 1, method: 'anything', params: {} }]);
  expect(there.engine.options).toBeUndefined();
  near.close();
  await connection.until(() => connection.isClosed);
});

test('a client whose hello was answered is not answered once more', async () => {
  await using home = await newHome();
  const here = process(home.path);
  await using _ = disposing(await openEngine(noArgs, here.deps, 'share'));
  const arriving = here.engine.nextConnection();
  await using joined = disposing(await openEngine(noArgs, process(home.path).deps, 'visit'));
  const [near, far] = createMemoryTransportPair();
  const probe = new RpcProbe(near);
  const initialize = {
    clientInfo: { name: 'editor', version: '1' },
    capabilities: { experimentalApi: true, extensions: { parley: {} } },
  };
  joined.connect(far, { initialize });
  const connection = await arriving;
  await connection.until(() => connection.received.length === 1);
  connection.send({ id: 0, result: {} });
  connection.send({ method: 'warning', params: { message: 'second', threadId: null } });
  await probe.notification('warning');

  expect(connection.received).toMatchObject([{ method: 'initialize', params: initialize }]);
  expect(probe.messages.map(({ method }) => method)).toEqual(['warning']);
});

test.for([
  ['version', { version: '2.0.0' }, 'it is Parley 1.2.3'],
  ['key', { env: { OPENAI_API_KEY: 'other' } }, 'it was started with another OPENAI_API_KEY'],
] as const)('another %s has an engine of its own, and says so', async ([, more, reason]) => {
  await using home = await newHome();
  await using _ = disposing(await openEngine(noArgs, process(home.path).deps, 'share'));
  const { engine, told, deps } = process(home.path, more);
  await using opened = disposing(await openEngine(noArgs, deps, 'share'));

  expect(opened.config).toBe(engine.config);
  expect(told).toEqual([
    `Parley runs here already and is not joined, because ${reason}; conversations that are open there cannot be opened here.`,
  ]);
});

test.for([
  ['-c', { ...noArgs, configOverrides: ['model="x"'] }],
  ['--no-join', { ...noArgs, join: false }],
] as const)('%s asks for an engine of its own', async ([, args]) => {
  await using home = await newHome();
  await using _ = disposing(await openEngine(noArgs, process(home.path).deps, 'share'));
  const { engine, deps } = process(home.path);
  await using opened = disposing(await openEngine(args, deps, 'share'));

  expect(opened.config).toBe(engine.config);
});

test('a command that ends soon is joined by nobody', async () => {
  await using home = await newHome();
  await using _ = disposing(await openEngine(noArgs, process(home.path).deps, 'visit'));

  expect(await readdir(home.path)).toEqual([]);
});

test('an engine that ends is told to those who joined it, once, and the next is an engine itself', async () => {
  await using home = await newHome();
  const first = await openEngine(noArgs, process(home.path).deps, 'share');
  const joined = await openEngine(noArgs, process(home.path).deps, 'share');
  await first.close();

  expect(await joined.lost).toBe('The Parley whose engine was joined here has ended.');
  const [near, far] = createMemoryTransportPair();
  const probe = new RpcProbe(near);
  joined.connect(far);
  await probe.closed;
  await joined.close();
  const { engine, deps } = process(home.path);
  await using next = disposing(await openEngine(noArgs, deps, 'share'));
  expect(next.config).toBe(engine.config);
});

test.skipIf(platform === 'win32')(
  'a socket where other users could have put one is not spoken to',
  async () => {
    await using home = await newHome();
    await using _ = disposing(await openEngine(noArgs, process(home.path).deps, 'share'));
    const folder = dirname(socketPath(home.path));
    await chmod(folder, 0o770);
    const { engine, told, deps } = process(home.path);
    for (const sharing of ['visit', 'share'] as const) {
      await using opened = disposing(await openEngine(noArgs, deps, sharing));
      expect(opened.config).toBe(engine.config);
    }
    const words = `because other users can write to ${folder};`;
    expect(told).toEqual([expect.stringContaining(words), expect.stringContaining(words)]);
  },
);

test('an engine that hangs is not waited for without an end', async () => {
  await using home = await newHome();
  const path = socketPath(home.path);
  await mkdir(dirname(path), 0o700);
  await using server = createServer((socket) => socket.resume());
  await once(server.listen(path), 'listening');
  const { deps } = process(home.path);

  expect(await dial(path, { ...deps, home: home.path }, 20)).toEqual({
    kind: 'refused',
    reason: 'it does not answer',
  });
});

test('a client for whom the engine that was joined has no room ends alone', async () => {
  await using home = await newHome();
  await using _ = disposing(await openEngine(noArgs, process(home.path).deps, 'share'));
  const { deps } = process(home.path);
  const found = await dial(socketPath(home.path), { ...deps, home: home.path });
  if (found.kind !== 'joined') throw new Error('It is not there');
  await using joined = disposing(
    new JoinedEngine(found.socket, async () => ({ kind: 'refused', reason: 'it is full' })),
  );
  const client = (): RpcProbe => {
    const [near, far] = createMemoryTransportPair();
    joined.connect(far);
    return new RpcProbe(near);
  };
  const first = client();
  await client().closed;
  expect(await Promise.race([joined.lost, Promise.resolve('goes on')])).toBe('goes on');
  first.close();
  await client().closed;

  expect(await joined.lost).toBe(
    'The Parley whose engine was joined here cannot be joined any more: it is full.',
  );
});

test('only what the settings take from the environment counts, and no value is told', async () => {
  await using home = await newHome();
  await writeFile(join(home.path, 'config.toml'), 'env_key = "MY_KEY"');
  const facts = { version: '1', home: home.path, cwd: '/é', env: { MY_KEY: 'secret', TERM: 'x' } };
  const headers = joiningHeaders(facts);

  expect(JSON.stringify(headers)).not.toContain('secret');
  expect(folderOf(headers)).toBe('/é');
  expect(joiningRefusal(headers, { version: '1', env: { MY_KEY: 'secret' } })).toBeUndefined();
  expect(joiningRefusal(headers, { version: '1', env: {} })).toBe(
    'it was started with another MY_KEY',
  );
  expect(joiningRefusal({}, { version: '1', env: {} })).toBeUndefined();
  expect(folderOf({ 'x-parley-folder': '%' })).toBeUndefined();
});

/** An engine that is closed at the end of a test, whatever came of it. */
function disposing<Opened extends { close(): Promise<void> }>(
  opened: Opened,
): Opened & AsyncDisposable {
  return Object.assign(opened, { [Symbol.asyncDispose]: async () => opened.close() });
}
