import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  type ModelServer,
  type ModelsReply,
  type RpcProbe,
  startModelServer,
  startTestEngine,
  type TestEngine,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const REMOTE = {
  slug: 'remote-1',
  display_name: 'Remote One',
  description: 'Quick.',
  visibility: 'list',
  priority: 1,
  context_window: 100_000,
  max_context_window: 50_000,
  supported_reasoning_levels: [
    { effort: 'low', description: 'Little' },
    { effort: 'warp', description: '' },
  ],
  default_reasoning_level: 'low',
  support_verbosity: true,
  default_verbosity: 'medium',
  supports_parallel_tool_calls: false,
  input_modalities: ['text'],
  additional_speed_tiers: ['fast'],
  something_new: { deep: true },
};
const full = (etag: string | null = null, ...models: unknown[]): ModelsReply => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...(etag !== null && { etag }) },
  body: { models: models.length === 0 ? [REMOTE] : models },
});

/** An engine whose provider gets its token from a program and so is asked for its models. */
async function withCommand(server: ModelServer, config = ''): Promise<TestEngine> {
  return startTestEngine({
    modelProvider: 'mine',
    config,
    provider: `
[model_providers.mine]
name = "Mine"
base_url = "${server.baseUrl}"
http_headers = { x-team = "blue" }
query_params = { api-version = "7" }
request_max_retries = 0
stream_max_retries = 0
auth = { command = ${JSON.stringify(process.execPath)}, args = ["-e", "console.log('made-up-token')"] }`,
  });
}

/** An engine with a server of the person's own, without any key. */
async function withServer(server: ModelServer, config = ''): Promise<TestEngine> {
  return startTestEngine({
    modelProvider: 'mine',
    config,
    provider: `[model_providers.mine]\nbase_url = "${server.baseUrl}"`,
  });
}

async function list(probe: RpcProbe, params: Fields = {}): Promise<Fields[]> {
  return (await probe.call('model/list', params))['data'] as Fields[];
}
const slugs = (models: readonly Fields[]): unknown[] => models.map(({ model }) => model);

/** Asks for the list until it has the model; the list comes behind the thread's back. */
async function until(probe: RpcProbe, slug: string): Promise<Fields> {
  for (;;) {
    const found = (await list(probe)).find(({ model }) => model === slug);
    if (found !== undefined) return found;
  }
}

async function turn(probe: RpcProbe, threadId: string, fields: Fields = {}): Promise<void> {
  const done = probe.all('turn/completed').length;
  await probe.call('turn/start', { threadId, input: [{ type: 'text', text: 'Hi' }], ...fields });
  await probe.notification('turn/completed', done + 1);
}

describe('who is asked', () => {
  test('a provider with a command is asked when a thread starts, with its own headers', async () => {
    await using server = await startModelServer(() => full('"E1"'));
    await using bench = await withCommand(server);
    const probe = await bench.client();
    await probe.thread();

    const { url, headers } = await server.question(1);
    expect(url).toBe('/v1/models?api-version=7&client_version=0.0.0-test');
    expect(headers).toMatchObject({
      authorization: 'Bearer made-up-token',
      'x-team': 'blue',
      originator: 'parley',
    });
    expect(headers).not.toHaveProperty('if-none-match');
  });

  test("OpenAI is asked with the person's key", async () => {
    await using server = await startModelServer(() => full());
    await using bench = await startTestEngine({
      modelProvider: 'openai',
      env: { OPENAI_API_KEY: 'sk-made-up' },
      config: `openai_base_url = "${server.baseUrl}"`,
    });
    await (await bench.client()).thread();
    expect((await server.question(1)).headers['authorization']).toBe('Bearer sk-made-up');
  });

  test('a server of one’s own is asked only when somebody looks at the models', async () => {
    await using server = await startModelServer(() => full());
    await using bench = await withServer(server);
    const probe = await bench.client();
    await turn(probe, await probe.thread());
    expect(server.questions).toHaveLength(0);
    await list(probe);
    expect(server.questions).toHaveLength(1);
    expect(server.questions[0]?.headers).not.toHaveProperty('authorization');
  });

  test('a command that fails means that nothing is asked without a token', async () => {
    await using server = await startModelServer(() => full());
    await using bench = await startTestEngine({
      modelProvider: 'mine',
      provider: `[model_providers.mine]
base_url = "${server.baseUrl}"
auth = { command = ${JSON.stringify(process.execPath)}, args = ["-e", "process.exit(1)"] }`,
    });
    const probe = await bench.client();
    await probe.thread();
    await list(probe);
    expect(server.questions).toHaveLength(0);
  });
});

describe('what is made of the answer', () => {
  test('described models stand before the built-in ones and tell their own nature', async () => {
    await using server = await startModelServer(() =>
      full(null, { slug: 'hidden-1', visibility: 'hide' }, { nonsense: 1 }, 'text', REMOTE),
    );
    await using bench = await withCommand(server);
    const probe = await bench.client();
    const models = await list(probe);
    expect(slugs(models)).toEqual(['test-model', 'remote-1', 'gpt-5.5']);
    expect(models[1]).toMatchObject({
      displayName: 'Remote One',
      supportedReasoningEfforts: [{ reasoningEffort: 'low', description: 'Little' }],
      defaultReasoningEffort: 'low',
      inputModalities: ['text'],
      additionalSpeedTiers: ['fast'],
      serviceTiers: [{ id: 'priority', name: 'Fast' }],
      hidden: false,
      isDefault: false,
    });
    expect(slugs(await list(probe, { includeHidden: true }))).toContain('hidden-1');
  });

  test('a model that is described is asked as its description says', async () => {
    await using server = await startModelServer(() => full());
    await using bench = await withCommand(
      server,
      'service_tier = "fast"\nmodel_context_window = 90000',
    );
    const probe = await bench.client();
    await until(probe, 'remote-1');
    await turn(probe, await probe.thread({ model: 'remote-1' }));
    expect(server.bodies[0]).toMatchObject({
      model: 'remote-1',
      reasoning: { effort: 'low' },
      text: { verbosity: 'medium' },
      service_tier: 'priority',
      parallel_tool_calls: false,
    });
  });

  test('a model that takes text alone refuses an image, naming itself', async () => {
    await using server = await startModelServer(() => full());
    await using bench = await withCommand(server);
    const probe = await bench.client();
    await until(probe, 'remote-1');
    const threadId = await probe.thread({ model: 'remote-1' });
    const image = { type: 'image', url: 'data:image/png;base64,AAAA' };
    const { error } = await probe.ask('turn/start', { threadId, input: [image] });
    expect(error?.message).toContain('remote-1 takes no images');
  });

  test("a server's plain list is what it has", async () => {
    const data = [{ id: 'qwen3:8b', object: 'model' }, { id: 'gpt-5.5' }, { object: 'model' }];
    await using server = await startModelServer(() => ({
      status: 200,
      body: { object: 'list', data },
    }));
    await using bench = await withServer(server, 'features = { fast_mode = true }');
    const models = await list(await bench.client());
    expect(slugs(models)).toEqual(['test-model', 'qwen3:8b', 'gpt-5.5']);
    expect(models[2]).toMatchObject({ displayName: 'GPT-5.5', additionalSpeedTiers: ['fast'] });
  });

  test("OpenAI's plain list, embeddings and all, adds nothing to the offer", async () => {
    const data = [{ id: 'text-embedding-3' }, { id: 'gpt-5.5' }];
    await using server = await startModelServer(() => ({
      status: 200,
      body: { object: 'list', data },
    }));
    await using bench = await startTestEngine({
      modelProvider: 'openai',
      env: { OPENAI_API_KEY: 'sk-made-up' },
      config: `openai_base_url = "${server.baseUrl}"`,
    });
    const probe = await bench.client();
    expect(slugs(await list(probe))).toEqual(['test-model', 'gpt-5.5']);
    expect(slugs(await list(probe, { includeHidden: true }))).toContain('text-embedding-3');
  });

  test('pages follow one another, and a cursor nobody gave is refused', async () => {
    await using server = await startModelServer(() => full());
    await using bench = await withCommand(server);
    const probe = await bench.client();
    const first = await probe.call('model/list', { limit: 2 });
    const second = await probe.call('model/list', {
      cursor: String(first['nextCursor']),
      limit: 2,
    });
    expect([...(first['data'] as Fields[]), ...(second['data'] as Fields[])]).toHaveLength(3);
    expect(second['nextCursor']).toBeNull();
    const { error } = await probe.ask('model/list', { cursor: 'x' });
    expect(error?.message).toBe('invalid cursor: x');
  });
});

test('a tier is not complained about while the provider may still list it', async () => {
  await using server = await startModelServer(() => 'hang');
  await using bench = await withCommand(server, 'service_tier = "fast"');
  const probe = await bench.client();
  const threadId = await probe.thread();
  await server.question(1);
  await turn(probe, threadId);
  expect(probe.all('warning')).toEqual([]);
});

describe('when the list cannot be had', () => {
  test.each<[string, ModelsReply]>([
    ['401', { status: 401, body: {} }],
    ['500', { status: 500, body: {} }],
    ['a page that is no JSON', { status: 200 }],
    ['JSON that is no list', { status: 200, body: ['a'] }],
  ])('%s is asked once and costs only the descriptions', async (_what, reply) => {
    await using server = await startModelServer(() => reply);
    await using bench = await withCommand(server);
    const probe = await bench.client();
    const threadId = await probe.thread();
    await server.question(1);
    await turn(probe, threadId);
    expect(server.questions).toHaveLength(1);
    expect(probe.all('warning')).toEqual([]);
  });

  test('a server that never answers delays neither thread nor turn, and a look 5 s', async () => {
    await using server = await startModelServer(() => 'hang');
    await using bench = await withCommand(server);
    const probe = await bench.client();
    const before = performance.now();
    await turn(probe, await probe.thread());
    expect(performance.now() - before).toBeLessThan(4000);
    expect(slugs(await list(probe))).toEqual(['test-model', 'gpt-5.5']);
    expect(performance.now() - before).toBeLessThan(12_000);
  }, 20_000);
});

describe('a list that is kept', () => {
  test('is there after a restart, and asked for anew with its tag', async () => {
    await using server = await startModelServer((n) => (n === 1 ? full('"E1"') : { status: 304 }));
    await using bench = await withCommand(server);
    const probe = await bench.client();
    await until(probe, 'remote-1');
    await bench.restart();
    const kept = JSON.parse(await readFile(join(bench.home, 'models_cache.json'), 'utf8')) as {
      providers: Record<string, Fields>;
    };
    expect(kept.providers['mine']).toMatchObject({ etag: '"E1"', client_version: '0.0.0-test' });
    // As if it had been kept long ago.
    const old = { ...kept.providers['mine'], fetched_at_ms: 0 };
    await writeFile(
      join(bench.home, 'models_cache.json'),
      JSON.stringify({ providers: { mine: old } }),
    );
    await bench.restart();
    const later = await bench.client();
    expect(slugs(await list(later))).toContain('remote-1');
    expect((await server.question(2)).headers['if-none-match']).toBe('"E1"');
  });

  test.each(['{', '[]', '{"providers":{"mine":{"body":1}}}', ''])(
    'and is broken (%j) is as good as none',
    async (content) => {
      await using server = await startModelServer(() => full());
      await using bench = await withCommand(server);
      await writeFile(join(bench.home, 'models_cache.json'), content);
      const probe = await bench.client();
      expect(slugs(await list(probe))).toContain('remote-1');
    },
  );
});

describe('a tag the provider names with its answers', () => {
  test('that is another one is asked for once, however often it is named', async () => {
    await using server = await startModelServer(() => full('"E1"'), { 'x-models-etag': '"E2"' });
    await using bench = await withCommand(server);
    const probe = await bench.client();
    await until(probe, 'remote-1');
    const threadId = await probe.thread();
    const before = server.questions.length;
    await turn(probe, threadId);
    await server.question(before + 1);
    await turn(probe, threadId);
    await turn(probe, threadId);
    expect(server.questions).toHaveLength(before + 1);
  });

  test('that is ours changes nothing', async () => {
    await using server = await startModelServer(() => full('"E1"'), { 'x-models-etag': '"E1"' });
    await using bench = await withCommand(server);
    const probe = await bench.client();
    await until(probe, 'remote-1');
    const before = server.questions.length;
    const threadId = await probe.thread();
    await turn(probe, threadId);
    await turn(probe, threadId);
    expect(server.questions).toHaveLength(before);
  });
});

test('a server that nobody looked at is not asked because of a tag', async () => {
  await using server = await startModelServer(() => full('"E1"'), { 'x-models-etag': '"E2"' });
  await using bench = await withServer(server);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await turn(probe, threadId);
  await turn(probe, threadId);
  expect(server.questions).toHaveLength(0);
});

test('a configuration that has become unusable is said to whoever looks at the models', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  await writeFile(join(bench.home, 'config.toml'), 'model = 5');
  for (const method of ['model/list', 'experimentalFeature/list']) {
    const { error } = await probe.ask(method, {});
    expect(error).toMatchObject({
      code: -32600,
      message: expect.stringContaining('model must be a string'),
    });
  }
});

test('features are listed with what holds now', async () => {
  await using bench = await startTestEngine({ config: 'features = { fast_mode = false }' });
  const { data } = await (await bench.client()).call('experimentalFeature/list', {});
  expect(data).toContainEqual(
    expect.objectContaining({ name: 'fast_mode', enabled: false, defaultEnabled: true }),
  );
});

test('features are listed as a thread has them, which must be loaded', async () => {
  await using bench = await startTestEngine();
  const probe = await bench.client();
  const threadId = await probe.thread({ config: { features: { fast_mode: false } } });
  const isOn = async (params: { threadId?: string }): Promise<unknown> => {
    const { data } = await probe.call('experimentalFeature/list', params);
    return (data as Fields[]).find(({ name }) => name === 'fast_mode')?.['enabled'];
  };

  expect([await isOn({}), await isOn({ threadId })]).toEqual([true, false]);
  const { error } = await probe.ask('experimentalFeature/list', { threadId: 'x' });
  expect(error).toMatchObject({ code: -32600 });
});
