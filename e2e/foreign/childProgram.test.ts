import { tmpdir } from 'node:os';
import process from 'node:process';

import { expect, test } from 'vitest';

import { runChild } from './childProgram.ts';

/** Runs these lines in a Node of their own. */
const run = (source: string, timeoutMs = 60_000): ReturnType<typeof runChild> =>
  runChild({ file: process.execPath, args: ['-e', source], cwd: tmpdir(), env: {}, timeoutMs });

// It holds the output open, so `runChild` ends only when this one has ended, too.
const leaveOneRunning = `require('node:child_process').spawn(
  process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'inherit' });`;

test('a program that takes too long is ended with what it started', async () => {
  const { trouble } = await run(`${leaveOneRunning} setInterval(() => undefined, 1000);`, 2000);

  expect(trouble).toBe('took longer than 2 s');
});

test('what a program leaves running is ended, and the program has ended well', async () => {
  expect(await run(`${leaveOneRunning} process.exit(0);`)).toEqual({ stdout: '', stderr: '' });
});

test('a program that ends with a code says which, and what it printed until then is kept', async () => {
  expect(await run("console.log('a'); console.error('b'); process.exit(3);")).toEqual({
    stdout: 'a\n',
    stderr: 'b\n',
    trouble: 'ended with 3',
  });
});

test('a program that is not there is said to be missing', async () => {
  const { trouble } = await runChild({
    file: 'no-such-program',
    args: [],
    cwd: tmpdir(),
    env: {},
    timeoutMs: 1000,
  });

  expect(trouble).toContain('ENOENT');
});
