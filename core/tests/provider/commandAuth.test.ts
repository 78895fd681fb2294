import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  messageAnswer,
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import {
  type RpcProbe,
  startTestEngine,
  startVoice,
  talk,
  type TestEngine,
} from '../../testing/index.ts';

const answer: readonly UpstreamStep[] = [{ events: messageAnswer('Yes.') }];
const refusal: readonly UpstreamStep[] = [
  { head: { status: 401 } },
  { bytes: '{"error":{"message":"no"}}' },
];
const models: readonly UpstreamStep[] = [{ head: { status: 404 } }, { bytes: '{}' }];

/** Prints token-1 with its first run, token-2 with its second; leaves a mark per run. */
const COUNTING = `const fs = require('fs');
fs.appendFileSync('runs', 'x');
console.log(' token-' + fs.readFileSync('runs', 'utf8').length + ' ');`;

async function start(upstream: ScriptedUpstream, program = COUNTING): Promise<TestEngine> {
  return startTestEngine({
    modelProvider: 'mine',
    provider: `[model_providers.mine]
base_url = "${upstream.url.href}"
request_max_retries = 0
stream_max_retries = 0
[model_providers.mine.auth]
command = ${JSON.stringify(process.execPath)}
args = ["-e", ${JSON.stringify(program)}]
cwd = "."
timeout_ms = 20000`,
  });
}

async function runs(bench: TestEngine): Promise<number> {
  return (await readFile(join(bench.home, 'runs'), 'utf8')).length;
}

async function turn(probe: RpcProbe, threadId: string): Promise<unknown> {
  const done = probe.all('turn/completed').length;
  await probe.turn(threadId, 'Hi');
  return (await probe.notification('turn/completed', done + 1))['turn'];
}

/** The bearers of the requests for one path, in order. */
function bearers(upstream: ScriptedUpstream, path: string): readonly (string | undefined)[] {
  return upstream.requests
    .filter((request) => request.path.includes(path))
    .map(({ headers }) => headers.authorization);
}

test('one run serves the list of models and every turn', async () => {
  await using upstream = await startScriptedUpstream([models, answer]);
  await using bench = await start(upstream);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await upstream.request(1);
  await turn(probe, threadId);
  await turn(probe, threadId);
  expect(await runs(bench)).toBe(1);
  expect(bearers(upstream, '/models')).toEqual(['Bearer token-1']);
  expect(bearers(upstream, '/responses')).toEqual(['Bearer token-1', 'Bearer token-1']);
});

test('a 401 runs the command once more, a second one fails the turn', async () => {
  await using upstream = await startScriptedUpstream([models, refusal, answer, refusal, refusal]);
  await using bench = await start(upstream);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await upstream.request(1);
  expect(await turn(probe, threadId)).toMatchObject({ status: 'completed' });
  expect(await runs(bench)).toBe(2);
  expect(bearers(upstream, '/responses')).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(await turn(probe, threadId)).toMatchObject({ status: 'failed' });
  expect(await runs(bench)).toBe(3);
});

test('a 401 for the list of models runs the command once more, and turns use what it printed', async () => {
  await using upstream = await startScriptedUpstream([refusal, models, answer]);
  await using bench = await start(upstream);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await upstream.request(2);
  await turn(probe, threadId);
  expect(bearers(upstream, '/models')).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(bearers(upstream, '/responses')).toEqual(['Bearer token-2']);
  expect(await runs(bench)).toBe(2);
});

test('a second 401 for the list of models stands, and costs only the list', async () => {
  await using upstream = await startScriptedUpstream([refusal, refusal, answer]);
  await using bench = await start(upstream);
  const probe = await bench.client();
  const threadId = await probe.thread();
  await upstream.request(2);
  expect(await turn(probe, threadId)).toMatchObject({ status: 'completed' });
  expect(bearers(upstream, '/models')).toEqual(['Bearer token-1', 'Bearer token-2']);
  expect(await runs(bench)).toBe(2);
});

test.each([
  ['ends with an error', 'process.exit(3)', 'exit code 3'],
  ['prints nothing', '0', 'printed nothing'],
  ['prints two lines', "console.log('a\\nb')", 'more than one line'],
])(
  'a command that %s fails the turn in plain words, and nothing is sent',
  async (_what, program, words) => {
    await using upstream = await startScriptedUpstream([answer]);
    await using bench = await start(upstream, program);
    const probe = await bench.client();
    expect(await turn(probe, await probe.thread())).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining(words) },
    });
    expect(upstream.requests).toHaveLength(0);
  },
);

test('the voice connects with the same token, and runs the command once more after a 401', async () => {
  await using upstream = await startScriptedUpstream([models, answer]);
  await using bench = await start(upstream);
  const { probe, threadId, server } = await startVoice(bench);
  expect(server.headers.authorization).toBe('Bearer token-1');
  await turn(probe, threadId);
  expect(await runs(bench)).toBe(1);
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');

  bench.realtime.refuseNext(401, 'no');
  const again = await talk(bench, probe, threadId);
  expect(again.headers.authorization).toBe('Bearer token-2');
  expect(await runs(bench)).toBe(2);
});
