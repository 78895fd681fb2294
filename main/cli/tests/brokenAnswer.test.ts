import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

import { beforeAll, expect, test } from 'vitest';

import { buildIfStale, LAUNCHER } from '../../testing/index.ts';
import { messageAnswer, startScriptedUpstream } from '../../../core/model/testing/index.ts';

beforeAll(buildIfStale, 120_000);

test('exec prints an answer once that breaks off twice before it is whole', async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-cli-'));
  const broken = [{ events: messageAnswer('Half a loaf').slice(0, 3) }, { cut: true }] as const;
  const upstream = await startScriptedUpstream([
    broken,
    broken,
    [{ events: messageAnswer('Half a loaf') }],
  ]);
  await writeFile(
    join(home.path, 'config.toml'),
    `model = "m"\nmodel_provider = "s"\n[model_providers.s]\nbase_url = "${upstream.url.href}"\n`,
  );
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [LAUNCHER, 'exec', 'Tell me'], {
    env: { PATH, HOME: home.path, PARLEY_HOME: home.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)];
  const [code] = (await once(child, 'exit')) as [number];
  await upstream.close();

  expect({ code, stdout: await stdout, stderr: await stderr }).toEqual({
    code: 0,
    stdout: 'Half a loaf\n',
    stderr: '',
  });
});
