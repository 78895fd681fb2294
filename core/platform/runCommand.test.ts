import { execFile } from 'node:child_process';
import { mkdtempDisposableSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { describe, expect, test } from 'vitest';

import { runCommand } from './index.ts';

function node(
  script: string,
  ...args: string[]
): { command: string; args: string[]; timeoutMs: number } {
  return { command: process.execPath, args: ['-e', script, ...args], timeoutMs: 10_000 };
}

function isRunning(processId: number): boolean {
  try {
    // A process that has ended and was not collected yet still takes signals.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${processId}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('running a program', () => {
  test('gives its exit code and standard output, arguments untouched by any shell', async () => {
    const script =
      'process.stderr.write("secret"); console.log(process.argv[1]); process.exitCode = 3';

    expect(await runCommand(node(script, '$HOME "a b"; exit 9'))).toEqual({
      kind: 'exited',
      exitCode: 3,
      stdout: '$HOME "a b"; exit 9\n',
    });
  });

  test('works when the folder this process was started in is gone', async () => {
    const script = `import { rmdirSync } from 'node:fs';
      import { runCommand } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
      rmdirSync(process.cwd());
      const request = { command: process.execPath, args: ['-e', 'console.log(7)'], timeoutMs: 10_000 };
      console.log(JSON.stringify(await runCommand(request)));`;
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--input-type=module', '-e', script],
      { cwd: folder },
    );

    expect(JSON.parse(stdout)).toEqual({ kind: 'exited', exitCode: 0, stdout: '7\n' });
  });

  test('runs in the folder it is given', async () => {
    using folder = mkdtempDisposableSync(join(tmpdir(), 'run-'));

    expect(
      await runCommand({ ...node('process.stdout.write(process.cwd())'), cwd: folder.path }),
    ).toMatchObject({ stdout: folder.path });
  });

  test.skipIf(process.platform === 'win32')(
    'ends one that overruns its time, children included',
    async () => {
      using folder = mkdtempDisposableSync(join(tmpdir(), 'run-'));
      const args = ['-c', 'sleep 1000 & echo $! > child; wait'];

      expect(
        await runCommand({ command: '/bin/sh', args, cwd: folder.path, timeoutMs: 300 }),
      ).toEqual({ kind: 'timedOut' });
      const childId = Number(readFileSync(join(folder.path, 'child'), 'utf8'));
      await expect.poll(() => isRunning(childId)).toBe(false);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'does not wait for what it left running in the background',
    async () => {
      const args = ['-c', 'echo token; sleep 3 &'];

      expect(await runCommand({ command: '/bin/sh', args, timeoutMs: 1500 })).toEqual({
        kind: 'exited',
        exitCode: 0,
        stdout: 'token\n',
      });
    },
  );

  test('ends one that floods', async () => {
    const script = 'for (;;) require("fs").writeSync(1, "x".repeat(65536))';

    expect(await runCommand(node(script))).toEqual({ kind: 'tooMuchOutput' });
  });

  test('tells when a signal ended it', async () => {
    expect(
      await runCommand(node('process.kill(process.pid, "SIGTERM"); setInterval(() => 0, 1000)')),
    ).toEqual({
      kind: 'killed',
      signal: 'SIGTERM',
    });
  });

  test.for([
    ['a program that does not exist', { command: '/no/such/program', args: [] }],
    [
      'a folder that does not exist',
      { command: process.execPath, args: [], cwd: '/no/such/folder' },
    ],
    ['a name that cannot be one', { command: 'a\0b', args: [] }],
  ] as const)('reports %s', async ([, request]) => {
    expect(await runCommand({ ...request, timeoutMs: 10_000 })).toMatchObject({
      kind: 'notStarted',
    });
  });
});
