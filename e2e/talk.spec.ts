import { spawn } from 'node:child_process';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { parseWav } from '../realtime/audio/index.ts';
import { cleanEnvironment, expect, recordedVoicePath, test } from './support/index.ts';

const LAUNCHER = join(import.meta.dirname, '../main/cli/parley.cjs');

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string };

/** Runs one command of Parley to its end, with a home folder of its own. */
async function parley(args: readonly string[], home: string): Promise<Ended> {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(process.env), PARLEY_HOME: home },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  child.once('error', reject);
  child.once('close', (exitCode) => {
    resolve({ exitCode, stdout, stderr });
  });
  return promise;
}

test('parley talk speaks a recording into a session and writes an audible answer', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-talk-'));
  const answer = join(folder.path, 'answer.wav');

  const { exitCode, stdout, stderr } = await parley(
    ['talk', recordedVoicePath(), '-o', answer],
    folder.path,
  );

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/I heard [\d.]+ seconds of speech/);
  const { samples, sampleRateHz } = parseWav(await readFile(answer));
  expect(samples.length / sampleRateHz).toBeGreaterThan(2);
  expect(samples.reduce((peak, sample) => Math.max(peak, sample), 0)).toBeGreaterThan(3000);
});
