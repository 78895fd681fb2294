import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { loadConfig } from '../config/index.ts';
import { MemoryLogger } from '../platform/testing/index.ts';
import { ProviderAccess } from './providerAccess.ts';

const caller = { threadId: 't', originator: 'test', userAgent: 'test' };
const practice = { kind: 'practice', id: 'practice' } as const;

test('a practice server that could not start is started again by the next one who needs it', async () => {
  let starts = 0;
  let closes = 0;
  const access = new ProviderAccess({
    home: '/nowhere',
    env: {},
    clock: new ManualClock(),
    log: new MemoryLogger(),
    installationId: async () => 'id',
    startPractice: async () => {
      starts += 1;
      if (starts === 1) throw new Error('no free port');
      return {
        url: new URL('http://127.0.0.1:9/v1'),
        apiKey: 'k',
        close: async () => {
          closes += 1;
        },
      };
    },
  });

  await expect(access.modelClient(practice, caller)).rejects.toThrow('no free port');
  await Promise.all([access.modelClient(practice, caller), access.modelClient(practice, caller)]);
  await access.close();

  expect({ starts, closes }).toEqual({ starts: 2, closes: 1 });
});

test('a call is hung up before the ways to the provider are closed', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const access = new ProviderAccess({
    home: '/nowhere',
    env: {},
    clock: new ManualClock(),
    log: new MemoryLogger(),
    installationId: async () => 'id',
    startPractice: async () => ({
      url: new URL(`http://127.0.0.1:${port}/v1`),
      apiKey: 'k',
      close: async () => undefined,
    }),
  });
  const { config } = loadConfig({ home: '/nowhere', overrides: [] });
  access.calls(practice, config, caller).hangUp('rtc_1', 's');
  await access.close();

  expect(asked).toEqual(['/v1/realtime/calls/rtc_1/hangup']);
  server.close();
});
