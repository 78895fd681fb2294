import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createMemoryTransportPair } from '../../rpc/index.ts';
import { RpcProbe, startTestEngine, type TestEngine } from '../../testing/index.ts';

async function stranger({ engine }: TestEngine): Promise<RpcProbe> {
  const [near, far] = createMemoryTransportPair();
  engine.connect(far, { isOwner: false });
  const probe = new RpcProbe(near);
  await probe.hello('stranger', { experimentalApi: true });
  return probe;
}

const auth = { command: '/bin/true' };
const refused = (key: string, does = 'has a program run'): unknown => ({
  error: {
    code: -32600,
    message: `${key} ${does}, so a connection without a token may not set it: use stdio, or --ws-auth`,
  },
});

test.each<[string, Record<string, unknown>, string]>([
  ['nested', { model_providers: { scripted: { auth } } }, 'model_providers.scripted.auth'],
  ['dotted', { 'model_providers.scripted.auth.command': 'x' }, 'model_providers.scripted.auth'],
  ['half and half', { 'model_providers."a.b"': { auth } }, 'model_providers."a.b".auth'],
])(
  'a token command in a request of nobody in particular runs nothing: %s',
  async (_form, config, key) => {
    await using bench = await startTestEngine();
    const probe = await stranger(bench);

    expect(await probe.ask('thread/start', { config })).toMatchObject(refused(key) as object);
    await probe.thread({ config: { model_verbosity: 'low' } });
  },
);

const ADDRESS = 'http://127.0.0.1:1/v1';

test.each<[string, Record<string, unknown>, string]>([
  [
    'a provider with somebody else’s variable',
    { 'model_providers.new': { name: 'New', base_url: ADDRESS, env_key: 'SECRET' } },
    'model_providers.new',
  ],
  [
    'another address of a known provider',
    { 'model_providers.scripted.base_url': ADDRESS },
    'model_providers.scripted',
  ],
  ['the address of OpenAI', { openai_base_url: ADDRESS }, 'openai_base_url'],
  [
    'the address of voice',
    { experimental_realtime_ws_base_url: ADDRESS },
    'experimental_realtime_ws_base_url',
  ],
  [
    'the address of calls',
    { experimental_realtime_webrtc_call_base_url: ADDRESS },
    'experimental_realtime_webrtc_call_base_url',
  ],
])('nobody in particular says where keys are sent: %s', async (_what, config, key) => {
  await using bench = await startTestEngine();
  const probe = await stranger(bench);
  const words = refused(key, 'decides where keys are sent') as object;

  expect(await probe.ask('thread/start', { config })).toMatchObject(words);
  const [[keyPath, value] = ['', undefined]] = Object.entries(config);
  const edit = { keyPath, value, mergeStrategy: 'replace' };
  expect(await probe.ask('config/value/write', edit)).toMatchObject(words);
});

const NO_PROGRAM = 'has a program run';
const NO_ADDRESS = 'decides where keys are sent';
const NO_PERMISSION = 'decides what programs may do';
const NO_BUSINESS = 'is for other programs';

test.each<[string, unknown, string, string]>([
  ['model_providers.scripted.auth', auth, 'model_providers.scripted.auth', NO_PROGRAM],
  ['model_providers.scripted.auth.command', 'x', 'model_providers.scripted.auth', NO_PROGRAM],
  ['model_providers', { new: { auth } }, 'model_providers.new.auth', NO_PROGRAM],
  ['model_providers.scripted.base_url', null, 'model_providers.scripted', NO_ADDRESS],
  ['model_providers.scripted', null, 'model_providers.scripted', NO_ADDRESS],
  ['model_providers', {}, 'model_providers', NO_ADDRESS],
  ['model_providers', null, 'model_providers', NO_ADDRESS],
  ['openai_base_url', null, 'openai_base_url', NO_ADDRESS],
  ['approval_policy', 'never', 'approval_policy', NO_PERMISSION],
  ['sandbox_mode', 'danger-full-access', 'sandbox_mode', NO_PERMISSION],
  ['permissions.own.extends', 'x', 'permissions', NO_PERMISSION],
  ['mcp_servers.x.command', 'x', 'mcp_servers', NO_BUSINESS],
  ['notify', ['x'], 'notify', NO_BUSINESS],
  ['zsh_path', '/tmp/x', 'zsh_path', NO_BUSINESS],
  ['shell_environment_policy.set.PATH', '/tmp', 'shell_environment_policy', NO_PERMISSION],
  ['projects."/tmp".trust_level', 'trusted', 'projects', NO_BUSINESS],
  ['not_known_today', 'x', 'not_known_today', NO_BUSINESS],
  ['__proto__.notify', ['x'], '__proto__', NO_BUSINESS],
])('nor does what it changes in the settings: %s to %j', async (keyPath, value, key, does) => {
  await using bench = await startTestEngine();
  const probe = await stranger(bench);
  const file = join(bench.home, 'config.toml');
  const before = await readFile(file, 'utf8');

  const edit = { keyPath, value, mergeStrategy: 'replace' };
  const harmless = { keyPath: 'model_verbosity', value: 'low', mergeStrategy: 'replace' };
  const edits = { edits: [harmless, edit] };
  expect(await probe.ask('config/value/write', edit)).toMatchObject(refused(key, does) as object);
  expect(await probe.ask('config/batchWrite', edits)).toMatchObject(refused(key, does) as object);
  expect(await readFile(file, 'utf8')).toBe(before);
  expect(await probe.ask('config/value/write', harmless)).toHaveProperty('result');
});

test('the owner may have programs run', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const provider = { name: 'Own', base_url: 'http://127.0.0.1:1/v1', auth };

  expect(
    await probe.ask('thread/start', { config: { 'model_providers.own': provider } }),
  ).toHaveProperty('result');
});

test('a stranger neither changes the key nor takes it away', async () => {
  await using bench = await startTestEngine();
  const owner = await bench.client();
  await owner.call('account/login/start', { type: 'apiKey', apiKey: 'sk-first' });
  const probe = await stranger(bench);

  for (const [method, params] of [
    ['account/login/start', { type: 'apiKey', apiKey: 'sk-made-up' }],
    ['account/logout', {}],
  ] as const) {
    expect((await probe.ask(method, params)).error?.message).toMatch(/is the owner's to do/u);
  }
  expect(await readFile(join(bench.home, 'auth.json'), 'utf8')).toContain('sk-first');
});
