import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  type CommandResult,
  expect,
  providerAt,
  recordedVoicePath,
  runParley,
  SECRET_KEY,
  startRefusingProvider,
  test,
  UNREACHABLE,
} from './support/index.ts';

// What the commands cannot do, they refuse in one clear line, and never with success.

function expectRefusal({ exitCode, stdout, stderr }: CommandResult, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr).toMatch(/^parley(?: talk)?: [^\n]+\n$/);
  expect(stderr).not.toContain(SECRET_KEY);
  expect({ failed: exitCode !== 0 && exitCode !== null, stdout }).toEqual({
    failed: true,
    stdout: '',
  });
}

test('talk refuses a file that is no recording', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-talk-'));
  const file = join(folder.path, 'notes.wav');
  await writeFile(file, 'these are words, not sounds');

  expectRefusal(await runParley(['talk', file]), /notes\.wav.*WAV/);
});

test('talk refuses a file that is not there', async () => {
  expectRefusal(await runParley(['talk', '/no/such/voice.wav']), /\/no\/such\/voice\.wav/);
});

test('talk refuses an output folder that is not there, before it speaks', async () => {
  const command = ['talk', recordedVoicePath(), '-o', '/no/such/folder/answer.wav'];

  expectRefusal(await runParley(command), /\/no\/such\/folder/);
});

for (const command of ['serve', 'realtime-server', 'app-server'] as const) {
  test(`${command} names the port that is already in use`, async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const where =
        command === 'app-server'
          ? ['--listen', `ws://127.0.0.1:${port}`]
          : ['--port', String(port)];

      expectRefusal(await runParley([command, ...where]), new RegExp(`${port}.*in use`));
    } finally {
      blocker.close();
    }
  });
}

for (const [what, config, words] of [
  ['a key that nobody knows', 'modle = "x"\n', /modle.*config\.toml.*"model"/],
  ['a value of the wrong kind', 'model = 3\n', /config\.toml.*model/],
  ['what is no TOML', 'model = \n', /config\.toml:1:9: /],
  ['a provider that is nowhere defined', 'model_provider = "ghost"\n', /ghost/],
] as const) {
  for (const command of [
    ['exec', 'Hello'],
    ['talk', recordedVoicePath()],
  ]) {
    test(`${command[0]} names ${what} in config.toml`, async () => {
      expectRefusal(await runParley(command, { config }), words);
    });
  }
}

for (const command of [
  ['exec', 'Hello'],
  ['talk', recordedVoicePath()],
]) {
  test(`${command[0]} says which provider cannot be reached`, async () => {
    const result = await runParley(command, { config: providerAt(UNREACHABLE) });

    expectRefusal(result, /127\.0\.0\.1:9/);
  });

  test(`${command[0]} says that the key is not accepted`, async () => {
    await using provider = await startRefusingProvider();
    const result = await runParley(command, { config: providerAt(provider.baseUrl) });

    expectRefusal(result, /key/i);
  });
}
