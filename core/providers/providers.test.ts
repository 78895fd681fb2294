import { once } from 'node:events';
import { mkdtempDisposableSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { loadConfig, resolveProvider } from '../config/index.ts';
import { MemoryLogger } from '../platform/testing/index.ts';
import { Providers, type ThreadProvider } from './index.ts';
import type { RunningServer } from './builtInServer.ts';
import { startRefusingServer } from './testing/index.ts';

const practice = { kind: 'practice', id: 'practice' } as const;
const caller = { threadId: 't', originator: 'test', userAgent: 'test' };
const turn = { turnId: 'turn', startedAtMs: 0 };

function start(home: string, startPractice: () => Promise<RunningServer>): Providers {
  const clock = new ManualClock();
  return new Providers({
    home,
    env: {},
    clock,
    log: new MemoryLogger(),
    version: '1',
    startPractice,
  });
}

function threadOf(providers: Providers, home: string): ThreadProvider {
  const { config } = loadConfig({ home, overrides: [] });
  return providers.forThread(practice, config, caller);
}

test('a practice server that could not start is started again by the next one who needs it', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'providers-'));
  let starts = 0;
  let closes = 0;
  const providers = start(folder.path, async () => {
    starts += 1;
    if (starts === 1) throw new Error('no free port');
    return {
      url: new URL('http://127.0.0.1:9/v1'),
      apiKey: 'k',
      close: async () => {
        closes += 1;
      },
    };
  });
  const one = threadOf(providers, folder.path);
  const other = threadOf(providers, folder.path);

  await expect(one.text.sampler(turn)).rejects.toThrow('no free port');
  await Promise.all([one.text.sampler(turn), other.text.sampler(turn)]);
  await providers.close();

  expect({ starts, closes }).toEqual({ starts: 2, closes: 1 });
});

test('what was begun ahead is on the disk whole when all is closed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'providers-'));
  const providers = start(folder.path, async () => Promise.reject(new Error('not asked for')));

  providers.prepare();
  await providers.close();

  expect(readdirSync(folder.path)).toEqual(['installation_id']);
});

test('a call is hung up before the ways to the provider are closed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'providers-'));
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const providers = start(folder.path, async () => ({
    url: new URL(`http://127.0.0.1:${port}/v1`),
    apiKey: 'k',
    close: async () => undefined,
  }));
  threadOf(providers, folder.path).calls.hangUp('rtc_1', 's');
  await providers.close();

  expect(asked).toEqual(['/v1/realtime/calls/rtc_1/hangup']);
  server.close();
});

test('a provider that was given another key in the meantime is shown that one', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'providers-'));
  await using server = await startRefusingServer();
  const home = folder.path;
  const providers = start(home, async () => {
    throw new Error('not asked for');
  });
  for (const token of ['first-token', 'other-token']) {
    const { config } = loadConfig({
      home,
      overrides: [
        'model_provider="mine"',
        `model_providers.mine={base_url="${server.baseUrl}",experimental_bearer_token="${token}"}`,
      ],
    });
    const provider = resolveProvider(config, {}, { hasApiKey: false });
    await providers.forThread(provider, config, caller).calls.create({
      offerSdp: 'v=0\r\n',
      session: { type: 'realtime' },
      realtimeSessionId: 's',
      signal: new AbortController().signal,
      onRetry: () => undefined,
    });
  }
  await providers.close();

  expect(server.keys).toEqual(['first-token', 'other-token']);
});
