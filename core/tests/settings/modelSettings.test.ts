import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { type RpcProbe, startTestEngine, type TestEngineOptions } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const answer = [{ events: messageAnswer('Yes.') }];
const input = [{ type: 'text' as const, text: 'Hi' }];
/** A model the built-in list describes: it reasons, has a verbosity and a fast tier. */
const KNOWN = 'gpt-5.5';

async function turn(probe: RpcProbe, threadId: string, fields: Fields = {}): Promise<void> {
  const done = probe.all('turn/completed').length;
  await probe.call('turn/start', { threadId, input, ...fields });
  await probe.notification('turn/completed', done + 1);
}

/** Bodies of the requests that the turns given one after the other lead to. */
async function bodies(options: TestEngineOptions, turns: readonly Fields[]): Promise<Fields[]> {
  await using bench = await startTestEngine({ scripts: [answer], ...options });
  const probe = await bench.client();
  const threadId = await probe.thread();
  for (const fields of turns) await turn(probe, threadId, fields);
  return bench.upstream.requests.map(({ body }) => body as Fields);
}

describe('reasoning, verbosity and schema', () => {
  test('a known model is asked as it likes it, an unknown one without any of it', async () => {
    const [unknown, known] = await bodies({}, [{}, { model: KNOWN }]);
    expect(unknown).toMatchObject({ model: 'test-model' });
    expect(unknown).not.toHaveProperty('reasoning');
    expect(unknown).not.toHaveProperty('text');
    expect(known).toMatchObject({
      model: KNOWN,
      reasoning: { effort: 'medium' },
      text: { verbosity: 'low' },
    });
  });

  test('what a turn asks for stays for the turns behind it', async () => {
    const [first, second] = await bodies({}, [
      { model: KNOWN, effort: 'high', summary: 'detailed', verbosity: 'high' },
      {},
    ]);
    for (const body of [first, second]) {
      expect(body).toMatchObject({
        model: KNOWN,
        reasoning: { effort: 'high', summary: 'detailed' },
        text: { verbosity: 'high' },
      });
    }
  });

  test('the configuration says it for all threads, and no summary means none', async () => {
    const config = [
      'model_reasoning_effort = "low"',
      'model_reasoning_summary = "concise"',
      'model_verbosity = "medium"',
    ].join('\n');
    const [first, second] = await bodies({ config }, [{ model: KNOWN }, { summary: 'none' }]);
    expect(first).toMatchObject({
      reasoning: { effort: 'low', summary: 'concise' },
      text: { verbosity: 'medium' },
    });
    expect(second?.['reasoning']).toEqual({ effort: 'low' });
  });

  test('an output schema holds for its turn alone', async () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
    const [first, second] = await bodies({}, [{ outputSchema: schema }, {}]);
    expect(first?.['text']).toEqual({
      format: { type: 'json_schema', name: 'codex_output_schema', strict: true, schema },
    });
    expect(second).not.toHaveProperty('text');
  });

  test.each([
    ['summary', 'lots'],
    ['verbosity', 'extreme'],
    ['outputSchema', 'a schema'],
    ['serviceTier', 5],
  ])('%s that is none of the known is refused by name', async (name, value) => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const { error } = await probe.ask('turn/start', { threadId, input, [name]: value });
    expect(error).toMatchObject({ code: -32600 });
    expect(error?.message).toContain(name);
  });
});

describe('service tier', () => {
  const fast = { config: 'service_tier = "fast"' };

  test.each([
    ['fast in the configuration', fast, [{ model: KNOWN }], ['priority']],
    ['fast for a model that does not list it', fast, [{}], [undefined]],
    [
      'fast taken back with null',
      fast,
      [{ model: KNOWN }, { serviceTier: null }, {}],
      ['priority', undefined, undefined],
    ],
    ['nothing', {}, [{ model: KNOWN }], [undefined]],
    [
      'fast by a turn, and those behind it',
      {},
      [{ model: KNOWN, serviceTier: 'fast' }, {}],
      ['priority', 'priority'],
    ],
    ['priority by its own name', {}, [{ model: KNOWN, serviceTier: 'priority' }], ['priority']],
    ['default', fast, [{ model: KNOWN, serviceTier: 'default' }], [undefined]],
    ['flex', {}, [{ model: KNOWN, serviceTier: 'flex' }], ['flex']],
    ['a tier nobody knows', {}, [{ model: KNOWN, serviceTier: 'warp' }], [undefined]],
    [
      'a tier for one turn',
      {},
      [{ model: KNOWN, serviceTierForTurn: 'fast' }, {}],
      ['priority', undefined],
    ],
    [
      'fast while the feature is off',
      { config: 'service_tier = "fast"\nfeatures = { fast_mode = false }' },
      [{ model: KNOWN }],
      [undefined],
    ],
  ] as const)('%s', async (_what, options, turns, expected) => {
    const sent = await bodies(options, turns);
    expect(sent.map((body) => body['service_tier'])).toEqual(expected);
    const named = sent.filter((body) => 'service_tier' in body);
    expect(named).toHaveLength(expected.filter((tier) => tier !== undefined).length);
  });

  test('a tier the model does not list is said once, not with every turn', async () => {
    await using bench = await startTestEngine({ scripts: [answer], ...fast });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await turn(probe, threadId);
    await turn(probe, threadId);
    expect(probe.all('warning')).toEqual([
      { threadId, message: expect.stringContaining('does not list the service tier fast') },
    ]);
  });

  test('thread/start says what it was started with, and takes a tier or none', async () => {
    await using bench = await startTestEngine({ scripts: [answer], ...fast });
    const probe = await bench.client();
    const tiers = [];
    for (const fields of [{}, { serviceTier: null }, { serviceTier: 'flex' }]) {
      tiers.push((await probe.call('thread/start', fields))['serviceTier']);
    }
    expect(tiers).toEqual(['fast', null, 'flex']);
  });
});

describe('settings of a thread', () => {
  test('a change is announced before its answer, once, and holds for the next turn', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const from = probe.mark;
    const change = { threadId, model: KNOWN, serviceTier: 'fast', effort: 'low' };
    await probe.call('thread/settings/update', change);
    await probe.call('thread/settings/update', change);
    expect(probe.order.slice(from)).toEqual(['thread/settings/updated', 'answer', 'answer']);
    expect(probe.all('thread/settings/updated')[0]).toMatchObject({
      threadId,
      threadSettings: { model: KNOWN, serviceTier: 'fast', effort: 'low', summary: null },
    });
    await turn(probe, threadId);
    expect(bench.upstream.requests[0]?.body).toMatchObject({
      model: KNOWN,
      service_tier: 'priority',
      reasoning: { effort: 'low' },
    });
  });

  test('a model given to a turn is still the model after a restart', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await turn(probe, threadId, { model: KNOWN, effort: 'high', verbosity: 'high' });
    await bench.restart();
    const later = await bench.client();
    expect((await later.call('thread/read', { threadId }))['thread']).toMatchObject({
      model: KNOWN,
      reasoningEffort: 'high',
    });
    expect(await later.call('thread/resume', { threadId })).toMatchObject({
      model: KNOWN,
      reasoningEffort: 'high',
    });
    await turn(later, threadId);
    expect(bench.upstream.requests[1]?.body).toMatchObject({
      model: KNOWN,
      reasoning: { effort: 'high' },
      text: { verbosity: 'high' },
    });
  });

  test('what a turn left open is filled by the configuration of the day', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await turn(probe, threadId, { model: KNOWN, verbosity: 'high' });
    await probe.call('config/value/write', {
      keyPath: 'model_reasoning_effort',
      value: 'low',
      mergeStrategy: 'replace',
    });
    await bench.restart();
    const later = await bench.client();
    await later.call('thread/resume', { threadId });
    await turn(later, threadId);
    expect(bench.upstream.requests[1]?.body).toMatchObject({
      reasoning: { effort: 'low' },
      text: { verbosity: 'high' },
    });
  });

  test('a request to resume with another model wins over the one that was kept', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await turn(probe, threadId, { model: KNOWN });
    await bench.restart();
    const later = await bench.client();
    const resumed = await later.call('thread/resume', { threadId, model: 'third' });
    expect(resumed['model']).toBe('third');
  });

  test('a thread that only had its settings changed is listed nowhere', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    await probe.call('thread/settings/update', { threadId: await probe.thread(), model: KNOWN });
    expect((await probe.call('thread/list', {}))['data']).toEqual([]);
  });

  test('another model gets the whole conversation, not a summary of it', async () => {
    const sent = await bodies({}, [{}, { model: KNOWN }, { model: 'third' }]);
    const inputs = sent.map(({ input: items }) => items as Fields[]);
    expect(sent).toHaveLength(3);
    expect(inputs[2]?.slice(0, inputs[1]?.length)).toEqual(inputs[1]);
    expect(inputs[1]?.slice(0, inputs[0]?.length)).toEqual(inputs[0]);
  });
});

describe('context window', () => {
  const usage = { input_tokens: 5, output_tokens: 1, total_tokens: 6 };
  const script = [
    {
      events: [
        ...messageAnswer('Yes.').slice(0, -1),
        { type: 'response.completed', response: { id: 'r', usage } },
      ],
    },
  ];
  test.each([
    ['without configuration 95 % of the own window', '', KNOWN, 258_400],
    [
      '95 % of the configured one for a model nobody described',
      'model_context_window = 4096',
      'x',
      3891,
    ],
    ['none where nobody knows', '', 'x', null],
  ])('%s', async (_what, config, model, expected) => {
    await using bench = await startTestEngine({ scripts: [script], config });
    const probe = await bench.client();
    await turn(probe, await probe.thread(), { model });
    expect(probe.all('thread/tokenUsage/updated')[0]).toMatchObject({
      tokenUsage: { modelContextWindow: expected },
    });
  });
});

describe('images', () => {
  const PNG =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

  test('a local image goes out as a data URL between two lines that name it', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    await writeFile(join(bench.home, 'dot.png'), Buffer.from(PNG, 'base64'));
    const probe = await bench.client();
    const threadId = await probe.thread();
    const image = { type: 'localImage', path: 'dot.png' };
    await probe.call('turn/start', { threadId, input: [...input, image as never] });
    const { body } = await bench.upstream.request(1);
    const sent = ((body as Fields)['input'] as Fields[]).at(-1);
    expect(sent?.['content']).toEqual([
      { type: 'input_text', text: 'Hi' },
      { type: 'input_text', text: '<image name="dot.png">' },
      { type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'high' },
      { type: 'input_text', text: '</image>' },
    ]);
  });

  test('a remote image is refused at once, and nothing is fetched or sent', async () => {
    await using bench = await startTestEngine({ scripts: [answer] });
    const probe = await bench.client();
    const threadId = await probe.thread();
    const image = { type: 'image', url: bench.upstream.url.href };
    const { error } = await probe.ask('turn/start', { threadId, input: [image] });
    expect(error).toMatchObject({ code: -32600, message: expect.stringContaining('data URL') });
    expect(bench.upstream.requests).toHaveLength(0);
  });

  test.each([
    ['no file', { type: 'localImage', path: 'gone.png' }, 'Cannot read the image'],
    ['no image', { type: 'localImage', path: 'config.toml' }, 'not an image'],
    ['a folder', { type: 'localImage', path: 'folder.png' }, 'is not a file'],
    ['far too large', { type: 'localImage', path: 'large.png' }, 'larger than 20 MB'],
    ['a data URL of text', { type: 'image', url: 'data:text/plain;base64,SGk=' }, 'must be base64'],
  ])('%s fails its turn in plain words and asks nobody', async (_what, image, words) => {
    await using bench = await startTestEngine({ scripts: [answer] });
    await writeFile(join(bench.home, 'large.png'), Buffer.alloc(20 * 1024 * 1024 + 1));
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(bench.home, 'folder.png'));
    const probe = await bench.client();
    await probe.call('turn/start', { threadId: await probe.thread(), input: [image as never] });
    const { turn: ended } = await probe.notification('turn/completed');
    expect(ended).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining(words) },
    });
    expect(bench.upstream.requests).toHaveLength(0);
  });
});

const served = (model: string): TestEngineOptions => ({
  scripts: [[{ head: { status: 200, headers: { 'openai-model': model } } }, ...answer]],
});

describe('who answers', () => {
  test.each([
    ['another model', 'gpt-3', 1],
    ['a dated snapshot of the same', 'test-model-2026-01-31', 0],
    ['the same behind a vendor', 'acme/test-model', 0],
    ['the same', 'test-model', 0],
  ])('%s is told in neutral words (%s)', async (_what, model, times) => {
    await using bench = await startTestEngine(served(model));
    const probe = await bench.client();
    const threadId = await probe.thread();
    await turn(probe, threadId);
    await turn(probe, threadId);
    const warnings = probe.all('warning');
    expect(warnings).toHaveLength(times);
    for (const { message } of warnings) {
      expect(message).toContain(model);
      expect(message).not.toMatch(/security|risk|cyber|flag/iu);
    }
  });
});

const message = (id: string, phase: string | undefined, text: string): Fields => ({
  type: 'message',
  id,
  role: 'assistant',
  content: [{ type: 'output_text', text }],
  ...(phase !== undefined && { phase }),
});

test('the phase of a message survives wire, storage and restart', async () => {
  const items = [
    message('msg_1', 'commentary', 'Looking.'),
    message('msg_2', 'final_answer', 'Found.'),
    message('msg_3', undefined, 'Well.'),
  ];
  const events = [
    ...items.map((item, index) => ({
      type: 'response.output_item.done',
      output_index: index,
      item,
    })),
    { type: 'response.completed', response: { id: 'r', usage: null } },
  ];
  await using bench = await startTestEngine({ scripts: [[{ events }], answer] });
  const probe = await bench.client();
  const threadId = await probe.thread();
  await turn(probe, threadId);
  await bench.restart();
  const later = await bench.client();
  const { thread } = await later.call('thread/resume', { threadId });
  await turn(later, threadId);

  const [first] = (thread as { turns: { items: Fields[] }[] }).turns;
  expect(first?.items.slice(1).map(({ phase }) => phase)).toEqual([
    'commentary',
    'final_answer',
    null,
  ]);
  const { body } = await bench.upstream.request(2);
  const sent = (body as { input: Fields[] }).input.filter(({ role }) => role === 'assistant');
  expect(sent.map(({ phase }) => phase)).toEqual(['commentary', 'final_answer', undefined]);
});
