import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { beforeAll, expect, test, vi } from 'vitest';

import { buildIfStale, HostProcess, isRunning } from '../../testing/index.ts';

beforeAll(buildIfStale, 120_000);

test('a killed engine is started again, at the same address and with the same conversation', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  await using host = new HostProcess(home.path);
  const url = await host.url();
  const before = await host.client(url);
  const threadId = await before.thread();
  const turnId = await before.turn(threadId, 'Wait 60 seconds');
  await before.notification('item/agentMessage/delta');
  const pid = await host.enginePid();

  process.kill(pid, 'SIGKILL');
  await before.closed;
  await host.enginePid(pid);
  const after = await host.client(url);

  expect(await after.call('thread/resume', { threadId })).toMatchObject({
    thread: { turns: [{ id: turnId, status: 'interrupted' }] },
  });
  await after.turn(threadId, 'What is 6 * 7?');
  expect(await after.notification('turn/completed')).toMatchObject({
    turn: { status: 'completed' },
  });
  const helloAgain = after.messages[0]?.result;
  expect(helloAgain).toMatchObject({
    codexHome: home.path,
    engineId: expect.not.stringContaining(`${pid}-`),
  });
  expect(host.output).toContain('The engine stopped and is started again. SIGKILL ended it.\n');
  host.kill('SIGTERM');
  expect(await host.ended).toBe(0);
});

test('no first word of a page is lost while its socket changes hands', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  await using host = new HostProcess(home.path);
  const url = await host.url();
  const answers: unknown[] = [];
  for (let round = 0; round < 25; round += 1) {
    const clients = await Promise.all(Array.from({ length: 8 }, () => host.client(url)));
    for (const client of clients) {
      answers.push(client.messages[0]?.id);
      client.close();
    }
  }

  expect(answers).toHaveLength(200);
}, 15_000);

test('an engine that does not stay up ends the host, which says how often it was tried and why', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  await using host = new HostProcess(home.path);
  await host.url();
  let pid = await host.enginePid();
  for (let crashes = 1; crashes < 5; crashes += 1) {
    process.kill(pid, 'SIGKILL');
    pid = await host.enginePid(pid);
  }
  process.kill(pid, 'SIGKILL');

  expect(await host.ended).toBe(1);
  expect(host.output).toMatch(
    /^parley: The engine ended 5 times in a row; the last time: SIGKILL ended it\.$/mu,
  );
}, 15_000);

test('an engine does not outlive a killed host, and ends in order with one that is stopped', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  for (const [signal, code] of [
    ['SIGKILL', null],
    ['SIGTERM', 0],
  ] as const) {
    await using host = new HostProcess(home.path);
    const client = await host.client(await host.url());
    const pid = await host.enginePid();
    host.kill(signal);

    expect(await host.ended).toBe(code);
    await client.closed;
    await vi.waitFor(() => {
      expect(isRunning(pid)).toBe(false);
    });
  }
});

test('what is wrong on the command line ends the host with one line and code 2', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-host-'));
  await using host = new HostProcess(home.path, ['serve', '--port', '0', '-c', 'model=3']);

  expect(await host.ended).toBe(2);
  expect(host.output).toBe('parley: -c model: model must be a string, not a whole number.\n');
});
