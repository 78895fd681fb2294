import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { createEngine } from '../../index.ts';
import { createMemoryTransportPair } from '../../rpc/index.ts';
import { answering, asked, RpcProbe } from '../../testing/index.ts';

/** A client of an engine that has no provider and therefore practises. */
async function practising(
  run: (probe: RpcProbe, threadId: string) => Promise<void>,
): Promise<void> {
  await using home = await mkdtempDisposable(join(tmpdir(), 'parley-test-'));
  const engine = await createEngine({
    home: home.path,
    cwd: home.path,
    env: {},
    configOverrides: [],
    enable: [],
    disable: [],
    version: '0.0.0-test',
  });
  try {
    const [near, far] = createMemoryTransportPair();
    engine.connect(far);
    const probe = new RpcProbe(near);
    await probe.hello('probe', { experimentalApi: true });
    await run(probe, await probe.thread());
  } finally {
    await engine.close();
  }
}

/** Resolves when an item or line with these words has been told whole. */
const told = (probe: RpcProbe, method: string, words: string) =>
  probe.notification(method, 1, (params) => JSON.stringify(params).includes(words));

test('with no provider a typed request to be asked is asked, answered and reported on', async () => {
  await practising(async (probe, threadId) => {
    await probe.turn(threadId, 'Ask me which colour I like');
    const { id, params } = await asked(probe);
    expect(params).toMatchObject({
      questions: [{ question: 'Which colour do you like?', isOther: true }],
    });
    probe.send(answering(id, 'Coral'));
    await told(probe, 'item/completed', 'You answered **Coral**.');
    await probe.notification('turn/completed');
  });
});

test('with no provider the voice asks for the agent, and takes the answer that is typed to it', async () => {
  await practising(async (probe, threadId) => {
    await probe.call('thread/realtime/start', { threadId, outputModality: 'text' });
    await probe.notification('thread/realtime/started');
    const type = (text: string) =>
      probe.call('thread/realtime/appendText', { threadId, text, respond: true });
    await type('ask the agent to ask me which colour I like');
    const asks = await told(probe, 'thread/realtime/transcript/done', 'Which colour do you like?');
    expect(asks['text']).toBe(
      'The agent needs an answer before it goes on: Which colour do you like? Options: Teal, Coral, Grey.',
    );
    await type('tell the agent grey');
    await told(probe, 'item/completed', 'You answered **Grey**.');
    await told(probe, 'thread/realtime/transcript/done', 'You answered Grey.');
    expect(await probe.notification('serverRequest/resolved')).toMatchObject({
      answeredBy: 'voice',
      answers: { colour: { answers: ['Grey'] } },
    });
  });
});
