import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { startTestEngine, type TestEngine } from '../../testing/index.ts';

const completed = { loginId: null, success: true, error: null, onboardingEntrypoint: null };

/** An engine whose provider is OpenAI's, which the scripted upstream stands for. */
async function startOpenAi(): Promise<TestEngine> {
  const bench = await startTestEngine({ scripts: [[{ events: messageAnswer('by HTTP') }]] });
  const words = `model = "test-model"
model_provider = "openai"
openai_base_url = "${bench.upstream.url.href}"
`;
  await writeFile(join(bench.home, 'config.toml'), words);
  return bench;
}

const signIn = (apiKey: string) => ({ type: 'apiKey' as const, apiKey });

test('a key is stored for this user alone, everybody is told, and signing out forgets it', async () => {
  await using bench = await startOpenAi();
  const [probe, other] = [await bench.client({ experimentalApi: false }), await bench.client()];
  const file = join(bench.home, 'auth.json');

  expect(await probe.call('account/login/start', signIn('  sk-made-up-1\n'))).toEqual({
    type: 'apiKey',
  });
  for (const told of [probe, other]) {
    expect(await told.notification('account/login/completed')).toEqual(completed);
    expect(await told.notification('account/updated')).toEqual({
      authMode: 'apikey',
      planType: null,
    });
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    auth_mode: 'apikey',
    OPENAI_API_KEY: 'sk-made-up-1',
  });
  expect(await probe.call('account/read', {})).toMatchObject({ account: { type: 'apiKey' } });

  // A file that others could read is private again with the next key.
  await chmod(file, 0o644);
  await probe.call('account/login/start', signIn('sk-made-up-2'));
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  for (const params of [null, undefined]) {
    expect((await probe.ask('account/logout', params)).result).toEqual({});
  }
  expect(await other.notification('account/updated', 3)).toEqual({
    authMode: null,
    planType: null,
  });
  await expect(stat(file)).rejects.toThrow('ENOENT');
  expect(JSON.stringify([probe.messages, other.messages])).not.toContain('made-up');
});

test('a running conversation sends its next request with the new key, over a connection opened with it', async () => {
  await using bench = await startOpenAi();
  const { sockets } = bench.upstream;
  sockets.answer([{ events: messageAnswer('by socket') }]);
  const probe = await bench.client();
  await probe.call('account/login/start', signIn('sk-made-up-1'));
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Hi');
  await probe.notification('turn/completed');

  await probe.call('account/login/start', signIn('sk-made-up-2'));
  await probe.turn(threadId, 'And now?');
  await probe.notification('turn/completed', 2);
  await probe.call('account/logout', {});
  await probe.turn(threadId, 'And without?');
  await probe.notification('turn/completed', 3);

  expect(sockets.handshakes.map(({ authorization }) => authorization)).toEqual([
    'Bearer sk-made-up-1',
    'Bearer sk-made-up-2',
    undefined,
  ]);
});

test.each([
  ['no key at all', { type: 'apiKey' }, /apiKey/u],
  ['an empty key', signIn(' '), /^An API key must be one word/u],
  ['a key of two lines', signIn('sk-made-up\r\nx-other: 1'), /^An API key must be one word/u],
  [
    'another way of signing in',
    { type: 'chatgpt' },
    /^Signing in by chatgpt is not possible here/u,
  ],
  [
    'tokens of an account',
    { type: 'chatgptAuthTokens', accessToken: 'made-up', chatgptAccountId: 'a' },
    /^Signing in by chatgptAuthTokens is not possible here/u,
  ],
  ['a way that nobody knows', { type: 'telepathy' }, /telepathy/u],
])('%s is refused in words, and what is stored stays', async (_what, params, words) => {
  await using bench = await startOpenAi();
  const probe = await bench.client();
  await probe.call('account/login/start', signIn('sk-first'));
  const { error } = await probe.ask('account/login/start', params);

  expect(error).toMatchObject({ code: -32600, message: expect.stringMatching(words) as unknown });
  expect(error?.message).not.toContain('made-up');
  expect(await readFile(join(bench.home, 'auth.json'), 'utf8')).toContain('sk-first');
});

test('no sign-in is under way to be cancelled, and a key has no limits to read', async () => {
  await using bench = await startOpenAi();
  const probe = await bench.client();
  const loginId = '0193bd3e-3ba5-7000-8000-000000000000';

  expect(await probe.call('account/login/cancel', { loginId })).toEqual({ status: 'notFound' });
  expect((await probe.ask('account/login/cancel', { loginId: 'x' })).error).toEqual({
    code: -32600,
    message: 'invalid login id: x',
  });
  expect((await probe.ask('account/rateLimits/read')).error?.code).toBe(-32600);
});
