import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import {
  type ScriptedUpstream,
  startScriptedUpstream,
  type UpstreamStep,
} from '../../model/testing/index.ts';
import {
  completedItems,
  type RpcProbe,
  startTestEngine,
  talk,
  type TestEngine,
  turnEnded,
} from '../../testing/index.ts';

const BEARER = 'tok-7c1f9a52e0';
const HEADER = 'hdr-5d0b44c8aa61';
const VARIABLE = 'var-90ee12f7b3';
const PARAMETER = 'par/3f+6d=21c477';
const SECRETS = [BEARER, HEADER, VARIABLE, PARAMETER];
/** As it stands in an address. */
const EVERY_FORM = [...SECRETS, encodeURIComponent(PARAMETER)];
const ECHO = `not accepted: ${EVERY_FORM.join(' and ')}; so`;

async function start(upstream: ScriptedUpstream, credential: string): Promise<TestEngine> {
  return startTestEngine({
    modelProvider: 'mine',
    env: { MY_HEADER: VARIABLE, MY_KEY: BEARER, PARLEY_LOG: 'debug' },
    provider: `[model_providers.mine]
base_url = "${upstream.url.href}"
request_max_retries = 1
stream_max_retries = 1
http_headers = { "x-secret" = "Token ${HEADER}" }
env_http_headers = { "x-more" = "MY_HEADER" }
query_params = { key = "${PARAMETER}", api-version = "2024-10-01-preview" }
${credential}`,
  });
}

const LITERAL = `experimental_bearer_token = "${BEARER}"`;

const PASSWORD = 'pwd@8c30fe17a5';
const SIGNATURE = 'sig-4ab7720d19';
const BASIC = Buffer.from(`mine:${PASSWORD}`).toString('base64');
const OF_ADDRESS = [PASSWORD, encodeURIComponent(PASSWORD), SIGNATURE, BASIC];
const ADDRESS_ECHO = `not accepted: ${OF_ADDRESS.join(' and ')}; so`;

/** An address that brings a sign-in and a signature along. */
function withSecrets({ href }: URL): string {
  const url = new URL(href);
  url.username = 'mine';
  url.password = PASSWORD;
  url.searchParams.set('signature', SIGNATURE);
  return url.href;
}

/** Everything the engine told its client and wrote into its home, but the settings themselves. */
async function leftBehind(bench: TestEngine, probe: RpcProbe): Promise<string> {
  await bench.restart();
  const texts = [JSON.stringify(probe.messages)];
  for (const name of await readdir(bench.home, { recursive: true })) {
    const path = join(bench.home, name);
    const facts = await stat(path);
    if (facts.isFile() && name !== 'config.toml') texts.push(await readFile(path, 'latin1'));
  }
  return texts.join('\n');
}

async function expectNoSecret(bench: TestEngine, probe: RpcProbe): Promise<void> {
  const left = await leftBehind(bench, probe);
  expect(left).toContain('[removed]');
  for (const secret of EVERY_FORM) expect(left).not.toContain(secret);
}

const error = { code: 'invalid_prompt', message: ECHO };
const failures: readonly (readonly [string, readonly UpstreamStep[]])[] = [
  ['a refusal', [{ head: { status: 400 } }, { bytes: JSON.stringify({ error }) }]],
  ['a plain refusal', [{ head: { status: 403 } }, { bytes: ECHO }]],
  ['a server that is at its end', [{ head: { status: 503 } }, { bytes: ECHO }]],
  ['a failed answer', [{ events: [{ type: 'response.failed', response: { id: 'r', error } }] }]],
  ['an event of an error', [{ events: [{ type: 'error', ...error }] }]],
];

test.each(failures)('no secret that %s repeats is told or kept', async (_name, failure) => {
  await using upstream = await startScriptedUpstream([failure]);
  await using bench = await start(upstream, LITERAL);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'failed' });
  await expectNoSecret(bench, probe);
});

const credentials: readonly (readonly [string, string])[] = [
  ['a variable', 'env_key = "MY_KEY"'],
  [
    'a program',
    `[model_providers.mine.auth]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ["-e", "console.log('tok-7c1f9a' + '52e0')"]`,
  ],
];

test.each(credentials)('no key from %s is told or kept', async (_name, credential) => {
  await using upstream = await startScriptedUpstream([
    [{ events: [{ type: 'response.failed', response: { id: 'r', error } }] }],
  ]);
  await using bench = await start(upstream, credential);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({ status: 'failed' });
  await expectNoSecret(bench, probe);
});

test('a key that was cut by the length of a message is removed as far as it goes', async () => {
  const cutAt = [500, 1000, 2000, 4096].map((length) => `${'x'.repeat(length - 9)}${HEADER}`);
  for (const body of cutAt) {
    await using upstream = await startScriptedUpstream([
      [{ head: { status: 400 } }, { bytes: body }],
    ]);
    await using bench = await start(upstream, LITERAL);
    const probe = await bench.client();
    await probe.turn(await probe.thread(), 'Hi');
    await turnEnded(probe);
    expect(await leftBehind(bench, probe)).not.toContain(HEADER.slice(0, 8));
  }
});

test('what is no secret stays in the words of a refusal', async () => {
  await using upstream = await startScriptedUpstream([
    [{ head: { status: 400 } }, { bytes: 'version 2024-10-01-preview is unknown' }],
  ]);
  await using bench = await start(upstream, LITERAL);
  const probe = await bench.client();
  await probe.turn(await probe.thread(), 'Hi');

  expect(await turnEnded(probe)).toMatchObject({
    error: { message: expect.stringContaining('2024-10-01-preview') },
  });
});

test('no secret that a voice provider repeats is told or kept', async () => {
  await using upstream = await startScriptedUpstream([[{ head: { status: 404 } }]]);
  await using bench = await start(upstream, LITERAL);
  const probe = await bench.client();
  const threadId = await probe.thread();
  bench.realtime.refuseNext(403, ECHO);
  await probe.ask('thread/realtime/start', { threadId, outputModality: 'audio' });
  await probe.notification('thread/realtime/error');

  const server = await talk(bench, probe, threadId);
  server.send({
    type: 'error',
    error: { type: 'invalid_request_error', code: 'x', message: ECHO },
  });
  server.send({
    type: 'response.created',
    response: { id: 'r', status: 'in_progress', output: [] },
  });
  server.send({
    type: 'response.done',
    response: { id: 'r', status: 'failed', output: [], status_details: { type: 'failed', error } },
  });
  server.close(1008, `no: ${HEADER}`);
  await probe.notification('thread/realtime/closed');

  await expectNoSecret(bench, probe);
  expect(completedItems(probe, 'agentMessage')).toEqual([]);
});

test('no secret that stands in an address is told or kept', async () => {
  await using upstream = await startScriptedUpstream([
    [{ head: { status: 404 } }],
    [{ head: { status: 400 } }, { bytes: ADDRESS_ECHO }],
  ]);
  await using bench = await startTestEngine({
    modelProvider: 'mine',
    env: { PARLEY_LOG: 'debug' },
    provider: `[model_providers.mine]\nbase_url = ${JSON.stringify(withSecrets(upstream.url))}`,
  });
  const probe = await bench.client();
  const voice = withSecrets(bench.realtime.url);
  const threadId = await probe.thread({ config: { experimental_realtime_ws_base_url: voice } });
  await probe.turn(threadId, 'Hi');
  expect(await turnEnded(probe)).toMatchObject({ status: 'failed' });
  bench.realtime.refuseNext(403, ADDRESS_ECHO);
  await probe.ask('thread/realtime/start', { threadId, outputModality: 'audio' });
  await probe.notification('thread/realtime/error');

  const left = await leftBehind(bench, probe);
  expect(left.split('[removed]').length).toBeGreaterThan(OF_ADDRESS.length);
  for (const secret of OF_ADDRESS) expect(left).not.toContain(secret);
});
