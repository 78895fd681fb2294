import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createEngine } from '../index.ts';
import type { ClientCapabilities } from '../protocol/index.ts';
import { createMemoryTransportPair } from '../rpc/index.ts';
import { RpcProbe } from './rpcProbe.ts';

/** A client of an engine that has no provider and therefore practises, with this settings file. */
export async function practising(
  run: (probe: RpcProbe) => Promise<void>,
  config = '',
  capabilities: ClientCapabilities = { experimentalApi: true },
): Promise<void> {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-test-'));
  await writeFile(join(home.path, 'config.toml'), config);
  const engine = await createEngine({
    home: home.path,
    systemFolder: join(home.path, 'system'),
    cwd: home.path,
    env: {},
    configOverrides: [],
    enable: [],
    disable: [],
    version: '0.0.0-test',
  });
  try {
    const [near, far] = createMemoryTransportPair();
    engine.connect(far);
    const probe = new RpcProbe(near);
    await probe.hello('probe', capabilities);
    await run(probe);
  } finally {
    await engine.close();
  }
}
