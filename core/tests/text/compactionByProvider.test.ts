import { expect, test } from 'vitest';

import { messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import {
  completedItems,
  type RpcProbe,
  startTestEngine,
  type TestEngine,
  toldToModel,
  turnEnded,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const says = (text: string, n: number): readonly UpstreamStep[] => [
  { events: messageAnswer(text, { response: `resp_${n}`, item: `msg_${n}` }) },
];
const json = (body: unknown): readonly UpstreamStep[] => [
  { head: { status: 200, headers: { 'content-type': 'application/json' } } },
  { bytes: typeof body === 'string' ? body : JSON.stringify(body) },
];
const SEALED = { type: 'compaction', id: 'cmp_1', encrypted_content: 'sealed' };
const user = (text: string): object => ({
  type: 'message',
  role: 'user',
  content: [{ type: 'input_text', text }],
});
const compacted = json({
  id: 'resp_2',
  object: 'response.compaction',
  output: [{ ...user('a note'), role: 'developer' }, user('Hi'), SEALED],
  usage: { input_tokens: 50, output_tokens: 10, total_tokens: 60 },
});

const MODEL = 'test-model';
/** What that model was asked; its provider is asked for its models as well. */
const asked = (engine: TestEngine): ReturnType<TestEngine['upstream']['of']> =>
  engine.upstream.of(MODEL);

/** An engine whose provider is OpenAI, at the scripted address and by HTTP. */
async function startOpenai(scripts: readonly (readonly UpstreamStep[])[]): Promise<TestEngine> {
  const engine = await startTestEngine({ models: { [MODEL]: scripts } });
  engine.upstream.sockets.otherwise({ refuse: 426 });
  return engine;
}

async function start(engine: TestEngine): Promise<{ probe: RpcProbe; threadId: string }> {
  const probe = await engine.client();
  const threadId = await probe.thread({
    modelProvider: 'openai',
    config: { openai_base_url: engine.upstream.url.href },
  });
  await probe.turn(threadId, 'Hi');
  await turnEnded(probe);
  return { probe, threadId };
}

const inputOf = async (engine: TestEngine, n: number): Promise<readonly Fields[]> => {
  const { body } = await asked(engine).request(n);
  return (body as { input: Fields[] }).input;
};

test('OpenAI makes the conversation shorter itself, and what it sealed goes back to it as it came', async () => {
  await using engine = await startOpenai([says('Hello', 1), compacted, says('Good.', 3)]);
  const { probe, threadId } = await start(engine);
  await probe.call('thread/compact/start', { threadId });
  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });

  const request = await asked(engine).request(2);
  expect(request).toMatchObject({ path: '/v1/responses/compact', method: 'POST' });
  expect(Object.keys(request.body as Fields).toSorted()).toEqual([
    'input',
    'instructions',
    'model',
    'prompt_cache_key',
  ]);
  expect(toldToModel(request.body).slice(1)).toEqual(['user: Hi', 'assistant: Hello']);
  const [item] = completedItems(probe, 'contextCompaction');
  expect(item).not.toHaveProperty('summary');

  await probe.turn(threadId, 'How are you?');
  await turnEnded(probe, 3);
  const told = await inputOf(engine, 3);
  expect(told.map(({ type, role }) => role ?? type)).toEqual([
    'developer',
    'user',
    'compaction',
    'user',
  ]);
  expect(told[2]).toEqual(SEALED);
});

test.for<[string, readonly UpstreamStep[]]>([
  ['refuses', [{ head: { status: 404 } }]],
  ['answers with no JSON', json('<html>')],
  ['answers with nothing in it', json({ output: [] })],
  ['breaks off', [{ head: { status: 200 } }, { bytes: '{"output":[' }, { cut: true }]],
])('where the provider %s, a summary is asked for instead', async ([, script]) => {
  await using engine = await startOpenai([
    says('Hello', 1),
    script,
    says('They said hello.', 3),
    says('Good.', 4),
  ]);
  const { probe, threadId } = await start(engine);
  await probe.call('thread/compact/start', { threadId });

  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'completed' });
  expect(completedItems(probe, 'contextCompaction')).toMatchObject([
    { summary: 'They said hello.' },
  ]);
  expect(probe.all('warning')).toEqual([]);
});

test('stopped while the provider is at it, nothing more is asked', async () => {
  await using engine = await startOpenai([says('Hello', 1), [{ stall: true }], says('Good.', 3)]);
  const { probe, threadId } = await start(engine);
  await probe.call('thread/compact/start', { threadId });
  const { closed } = await asked(engine).request(2);
  await probe.call('turn/interrupt', { threadId, turnId: '' });

  expect(await turnEnded(probe, 2)).toMatchObject({ status: 'interrupted' });
  await closed;
  expect(asked(engine).requests).toHaveLength(2);
});

test('another provider, which cannot read what was sealed, is told what it stood for', async () => {
  await using engine = await startOpenai([says('Hello', 1), compacted, says('Good.', 3)]);
  const { probe, threadId } = await start(engine);
  await probe.call('thread/compact/start', { threadId });
  await turnEnded(probe, 2);
  await engine.restart();

  const again = await engine.client();
  await again.call('thread/resume', { threadId });
  await again.turn(threadId, 'How are you?');
  await turnEnded(again);
  expect(toldToModel((await asked(engine).request(3)).body)).toEqual([
    'user: Hi',
    'assistant: Hello',
    'user: How are you?',
  ]);
});
