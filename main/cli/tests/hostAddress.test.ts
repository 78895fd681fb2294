import { once } from 'node:events';
import { chmod, mkdtempDisposable, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { beforeAll, describe, expect, test, vi } from 'vitest';

import { buildIfStale, HostProcess } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

const temporaryHome = () => mkdtempDisposable(join(tmpdir(), 'parley-host-'));

/** Starts the host, reads its address and ends it. */
async function addressOf(home: string, command = ['serve']): Promise<{ url: URL; said: string }> {
  await using host = new HostProcess(home, command);
  const url = await host.url();
  host.kill('SIGTERM');
  await host.ended;
  return { url, said: host.output };
}

test('the host keeps its origin between starts, and a token of each start', async () => {
  await using home = await temporaryHome();
  const first = await addressOf(home.path);
  const second = await addressOf(home.path);

  expect(second.url.origin).toBe(first.url.origin);
  expect(second.url.searchParams.get('token')).not.toBe(first.url.searchParams.get('token'));
});

test('a port of the last start that is taken is told, another one used, and the first not forgotten', async () => {
  await using home = await temporaryHome();
  const first = await addressOf(home.path);
  const blocker = createServer().listen(Number(first.url.port), '127.0.0.1');
  await once(blocker, 'listening');
  const second = await addressOf(home.path);
  blocker.close();
  await once(blocker, 'close');
  const third = await addressOf(home.path);

  expect(second.url.port).not.toBe(first.url.port);
  expect(second.said).toContain(
    `parley: Port ${first.url.port} of the last start is in use, so this one has port ${second.url.port}, `,
  );
  expect(third.url.origin).toBe(first.url.origin);
});

test('a port that is asked for is no memory, and a memory that cannot be read is none', async () => {
  await using home = await temporaryHome();
  const file = join(home.path, 'browser-host.json');
  await addressOf(home.path, ['serve', '--port', '0']);
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await writeFile(file, '{"port": "many"}');

  const { url } = await addressOf(home.path);
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ port: Number(url.port) });
});

/** A folder with an `xdg-open` that writes down what it is given. */
async function browserIn(home: string): Promise<{ PATH: string; opened: string }> {
  const opened = join(home, 'opened');
  const script = join(home, 'xdg-open');
  await writeFile(
    script,
    `#!/bin/sh\nprintf %s "$1" > "${opened}.part" && mv "${opened}.part" "${opened}"\n`,
  );
  await chmod(script, 0o755);
  return { PATH: `${home}:${process.env['PATH'] ?? ''}`, opened };
}

describe('parley open', () => {
  test('shows the page in the browser there is, and says its address', async () => {
    await using home = await temporaryHome();
    const { PATH, opened } = await browserIn(home.path);
    await using host = new HostProcess(home.path, ['open', '--browser'], { PATH, DISPLAY: ':0' });
    const url = await host.url();
    const given = await vi.waitFor(() => readFile(opened, 'utf8'), { timeout: 4_000 });

    expect(given).not.toContain(url.searchParams.get('token'));
    const answer = await fetch(given, { redirect: 'manual' });
    expect(new URL(answer.headers.get('location') ?? '', url).href).toBe(url.href);
    expect((await fetch(given, { redirect: 'manual' })).status).toBe(404);
  });

  test.for<[string, string[], Record<string, string>]>([
    ['where it was told not to', ['--no-open'], { DISPLAY: ':0' }],
    ['where nobody looks', ['--browser'], { DISPLAY: ':0', CI: '1' }],
    ['where there is no display', [], { SSH_CONNECTION: '1 2 3 4' }],
  ])('only says the address %s', async ([, flags, env]) => {
    await using home = await temporaryHome();
    const { PATH, opened } = await browserIn(home.path);
    await using host = new HostProcess(home.path, ['open', ...flags], { PATH, ...env });
    await host.url();
    host.kill('SIGTERM');

    expect(await host.ended).toBe(0);
    await expect(stat(opened)).rejects.toThrow('ENOENT');
  });

  test('takes the port it is told, and says so when that is in use', async () => {
    await using home = await temporaryHome();
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    await using refused = new HostProcess(home.path, ['open', '--port', port]);
    expect(await refused.ended).toBe(1);
    expect(refused.output).toMatch(new RegExp(`parley: Port ${port} is in use already`, 'u'));
    blocker.close();
    await once(blocker, 'close');

    await using host = new HostProcess(home.path, ['open', '--port', port]);
    expect((await host.url()).port).toBe(port);
  });
});
