import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../../core/base/testing/index.ts';
import { listenHttp } from '../engine/index.ts';
import { forkEngine } from './engineChild.ts';

/** An engine that is ready, and from then on so busy that it hears nothing. */
const BUSY_ENGINE =
  "process.once('message', () => process.send({ type: 'ready' }, () => { for (;;); }));";

const UPGRADE = 'GET /rpc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

test('sockets that an engine had not taken when it died are closed, so that their pages try again', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-engine-'));
  const module = join(folder.path, 'engine.cjs');
  await writeFile(module, BUSY_ENGINE);
  const clock = new ManualClock();
  const { promise: ready, resolve: onReady } = Promise.withResolvers<void>();
  const args = { configOverrides: [], enable: [], disable: [] };
  const engine = forkEngine({ module, args, clock, onReady }, () => undefined);
  await ready;
  const server = createServer();
  const { promise: allCame, resolve } = Promise.withResolvers<void>();
  let upgrades = 0;
  server.on('upgrade', (request, socket, head) => {
    engine.connect({ request, socket, head });
    upgrades += 1;
    if (upgrades === 3) resolve();
  });
  const port = await listenHttp(server, '127.0.0.1', 0);
  const pages = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
  const closed = Promise.all(pages.map((page) => once(page.resume(), 'close')));
  for (const page of pages) page.write(UPGRADE);
  await allCame;

  const gone = engine.close();
  clock.advance(10_000);
  await gone;

  expect(await closed).toHaveLength(3);
  server.close();
});
