import { once } from 'node:events';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { runServe } from './serve.ts';

/** Runs `serve` over a page and an engine that is this program; `said` resolves when it has printed a line. */
async function serving(
  program: string,
  during: (host: {
    run: Promise<number>;
    said: Promise<string>;
    opened: string[];
  }) => Promise<void>,
): Promise<void> {
  await using root = await mkdtempDisposable(join(tmpdir(), 'parley-serve-'));
  const dist = join(root.path, 'dist');
  await mkdir(join(dist, 'app'), { recursive: true });
  await mkdir(join(dist, 'main'));
  await writeFile(join(dist, 'app', 'index.html'), '<!doctype html>');
  await writeFile(join(dist, 'main', 'engineChild.cjs'), program);
  const { promise: said, resolve } = Promise.withResolvers<string>();
  const opened: string[] = [];
  const run = runServe(
    {
      configOverrides: [],
      enable: [],
      disable: [],
      port: 0,
      onReady: (address) => opened.push(address),
    },
    {
      root: root.path,
      io: {
        stdout: { write: resolve },
        stderr: { write: () => undefined },
        isStderrTty: false,
        isStdoutTty: false,
      },
    },
  );
  await during({ run, said, opened });
}

/** Ready at once, dies of the first socket, and cannot start again. */
const DYING_ENGINE = `
const { existsSync, writeFileSync } = require('node:fs');
const mark = __filename + '.ran';
process.on('message', ({ type }) => {
  if (type === 'connect') process.exit(1);
  if (type !== 'start') return;
  if (existsSync(mark)) {
    process.send({ type: 'failed', reason: 'The disk is gone.', exitCode: 1 }, () => process.exit(1));
    return;
  }
  writeFileSync(mark, '');
  process.send({ type: 'ready' });
});`;

test('an engine that is given up ends the host with the reason, also when it had a page', () =>
  serving(DYING_ENGINE, async ({ run, said }) => {
    const failure = run.catch((error: unknown) => error);
    const url = new URL(/http\S+/u.exec(await said)?.[0] ?? '');
    const page = new WebSocket(`ws://${url.host}/rpc${url.search}`, { origin: url.origin });
    await once(page, 'error');

    expect(await failure).toMatchObject({ message: 'The disk is gone.', exitCode: 1 });
  }));

/** Never gets ready, and goes when it is told. */
const SLOW_ENGINE = `
process.on('message', ({ type }) => {
  if (type === 'close') process.exit(0);
});`;

test('a host that is stopped before it is ready says and opens nothing', () =>
  serving(SLOW_ENGINE, async ({ run, said, opened }) => {
    process.emit('SIGTERM');

    expect(await Promise.race([run, said])).toBe(0);
    expect(opened).toEqual([]);
  }));
