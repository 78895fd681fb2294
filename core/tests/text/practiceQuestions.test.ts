import { expect, test } from 'vitest';

import { answering, asked, practising, type RpcProbe } from '../../testing/index.ts';

/** Resolves when an item or line with these words has been told whole. */
const told = (probe: RpcProbe, method: string, words: string) =>
  probe.notification(method, 1, (params) => JSON.stringify(params).includes(words));

test('with no provider a typed request to be asked is asked, answered and reported on', async () => {
  await practising(async (probe) => {
    const threadId = await probe.thread();
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
  await practising(async (probe) => {
    const threadId = await probe.thread();
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
