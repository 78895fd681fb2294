import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parseWav } from '../realtime/audio/index.ts';
import { expect, recordedVoicePath, runParley, test } from './support/index.ts';

// A person's recorded voice, spoken into a session of the shipped program without a window.

for (const transport of ['websocket', 'webrtc']) {
  test(`talk speaks a recording into a session over ${transport} and writes an audible answer`, async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-talk-'));
    const answer = join(folder.path, 'answer.wav');
    const command = ['talk', recordedVoicePath(), '-o', answer, '--transport', transport];

    const { exitCode, stdout, stderr } = await runParley(command);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('I did not understand that');
    const { samples, sampleRateHz } = parseWav(await readFile(answer));
    expect(samples.length / sampleRateHz).toBeGreaterThan(2);
    expect(samples.reduce((peak, sample) => Math.max(peak, sample), 0)).toBeGreaterThan(3000);
  });
}

test('talk tells machines what happened, one JSON object per line', async () => {
  const { exitCode, stdout, stderr } = await runParley([
    'talk',
    recordedVoicePath(),
    '--text',
    '--json',
  ]);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  expect(stdout).toContain('I did not understand that');
});

test('exec prints the answer of one turn and ends well', async () => {
  const { exitCode, stdout, stderr } = await runParley(['exec', 'What is 6 * 7?']);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toContain('42');
});
