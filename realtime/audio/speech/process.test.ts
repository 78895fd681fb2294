import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const door = new URL('./index.ts', import.meta.url).href;

/** Runs a program that has a voice in a Node of its own, from the sources, until it ends by itself. */
async function run(
  body: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ stdout: string; stderr: string }> {
  const program = `
    import { readdirSync } from 'node:fs';
    import { createFliteVoice } from ${JSON.stringify(door)};
    const voice = createFliteVoice();
    const never = new AbortController().signal;
    ${body}`;
  return promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
    timeout: 10_000,
    env: { ...process.env, ...env },
  });
}

test('a voice that was never closed does not keep the process alive, and warns of nothing', async () => {
  const result = await run(`
    let samples = 0;
    for await (const chunk of voice.speak('Hello.', never)) samples += chunk.length;
    console.log(samples > 0 ? 'spoke' : 'silent');`);

  expect(result).toEqual({ stdout: 'spoke\n', stderr: '' });
});

test('a process that ends in the middle of a text leaves no folder behind', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'voice-test-'));
  const env = { TMPDIR: folder.path, TEMP: folder.path, TMP: folder.path };

  const { stdout } = await run(
    `
    for await (const chunk of voice.speak('One. ' + 'word '.repeat(40), never)) {
      console.log(readdirSync(process.env.TMPDIR).length);
      process.exit(0);
    }`,
    env,
  );

  expect(stdout).toBe('1\n');
  expect(readdirSync(folder.path)).toEqual([]);
});
