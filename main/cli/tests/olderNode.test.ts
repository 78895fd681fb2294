import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';

import { expect, test } from 'vitest';

import { LAUNCHER } from '../../testing/index.ts';

/** Starts the launcher in a Node that says it is an older one; what it starts tells the truth. */
async function underOlderNode<T>(
  args: readonly string[],
  run: (child: ReturnType<typeof spawn>) => Promise<T>,
): Promise<T> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-old-'));
  const disguise = join(folder.path, 'disguise.cjs');
  await writeFile(
    disguise,
    `Object.defineProperty(process.versions, 'node', { value: '20.1.0' });\n`,
  );
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--require', disguise, LAUNCHER, ...args], {
    env: { PATH, HOME: folder.path, PARLEY_HOME: folder.path },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return await run(child);
}

test('an older Node hands arguments, output and exit code through', async () => {
  const result = await underOlderNode(['nonsense'], async (child) => {
    const [stderr, [code]] = await Promise.all([
      child.stderr === null ? '' : text(child.stderr),
      once(child, 'exit'),
    ]);
    return { stderr, code: code as number };
  });

  expect(result).toEqual({ code: 2, stderr: expect.stringContaining('"nonsense"') as string });
});

test('an older Node keeps one app-server conversation in order, with one answer each', async () => {
  const ids = await underOlderNode(['app-server'], async ({ stdin, stdout }) => {
    if (stdin === null || stdout === null) throw new Error('no pipes');
    const params = { clientInfo: { name: 'test', version: '1' } };
    stdin.write(
      `${JSON.stringify({ id: 1, method: 'initialize', params })}\n{"method":"initialized"}\n` +
        `${JSON.stringify({ id: 2, method: 'initialize', params })}\n`,
    );
    stdin.write(`${JSON.stringify({ id: 3, method: 'model/list', params: {} })}\n`);
    const answered: unknown[] = [];
    for await (const line of createInterface({ input: stdout })) {
      const message = JSON.parse(line) as { id?: number; error?: unknown };
      if (message.id !== undefined) answered.push([message.id, message.error === undefined]);
      // The end of the input ends the engine behind it, and with it this output.
      if (message.id === 3) stdin.end();
    }
    return answered;
  });

  // The second `initialize` proves that the engine knows of the first one's answer.
  expect(ids).toEqual([
    [1, true],
    [2, false],
    [3, true],
  ]);
});

test('a signal reaches the command behind an older Node', async () => {
  const end = await underOlderNode(['realtime-server'], async (child) => {
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGTERM');
    return (await once(child, 'exit')) as unknown[];
  });

  expect(end).toEqual([0, null]);
});
