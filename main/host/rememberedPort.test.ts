import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { CommandError } from '../engine/index.ts';
import { startAtKnownPort } from './rememberedPort.ts';

test('a port of the last start that the system keeps back is told, and not forgotten', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-port-'));
  const said: string[] = [];
  const startWith = (start: (port: number) => number) =>
    startAtKnownPort(
      home.path,
      async (port) => ({ port: start(port) }),
      (sentence) => said.push(sentence),
    );
  await startWith(() => 50_000);

  const kept = await startWith((port) => {
    if (port === 50_000) throw new CommandError('This user may not listen there.', 1);
    return 50_001;
  });

  expect(kept.port).toBe(50_001);
  expect(said).toEqual([
    'Port 50000 of the last start may not be used now, so this one has port 50001, where your browser asks for the microphone again.',
  ]);
  expect(await startWith((port) => port)).toEqual({ port: 50_000 });
});
