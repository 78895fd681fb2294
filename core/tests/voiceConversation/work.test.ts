import { describe, expect, test } from 'vitest';

import { messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import { type Conversation, loose, startConversation, VOICES } from '../../testing/index.ts';
import { BACKGROUND_AGENT_TOOL } from '../../voice/agent/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hands = (prompt: string, more: Fields = {}) => ({
  calls: BACKGROUND_AGENT_TOOL,
  with: { prompt, ...more },
});

const answer = (text: string, n = 1, ...before: readonly UpstreamStep[]) => [
  ...before,
  { events: messageAnswer(text, { response: `resp_${n}`, item: `msg_${n}` }) },
];

const answered = async ({ probe }: Conversation, n: number): Promise<Fields> =>
  probe.notification('thread/realtime/response/completed', n);

const DONE = expect.stringMatching(/^output: .*is done/u);

/** All that began ends when the conversation does. */
async function end({ probe, threadId }: Conversation): Promise<void> {
  await probe.call('thread/realtime/stop', { threadId });
  await probe.notification('thread/realtime/closed');
  expect(loose(probe)).toEqual([]);
}

describe.each(VOICES)('with %s', (voice) => {
  test('work is handed over with what was said, and its result comes back and is spoken', async () => {
    await using talk = await startConversation(voice, {
      replies: [hands('list the primes up to five'), { says: 'Two, three and five.' }],
      scripts: [answer('2, 3, 5')],
    });
    await talk.say('Please list them, up to five.');
    expect(await talk.told(2)).toEqual(['user: [BACKEND] 2, 3, 5', DONE]);
    await answered(talk, 2);

    const { engine, probe } = talk;
    expect(engine.upstream.requests).toHaveLength(1);
    const told = JSON.stringify(engine.upstream.requests[0]?.body);
    expect(told).toContain('<input>list the primes up to five</input>');
    expect(told).toContain('user: Please list them, up to five.');
    expect(probe.all('turn/completed')).toMatchObject([
      { turn: { status: 'completed', delegation: { prompt: 'list the primes up to five' } } },
    ]);
    expect(probe.all('thread/realtime/transcript/done').at(-1)).toMatchObject({
      role: 'assistant',
      text: 'Two, three and five.',
    });
    await end(talk);
  });

  test.for<readonly [what: string, script: readonly UpstreamStep[], words: string]>([
    ['fails', [{ head: { status: 500 } }], 'background agent failed'],
    [
      'says nothing',
      [{ events: [...messageAnswer('').slice(0, 1), ...messageAnswer('').slice(-1)] }],
      'nothing to say',
    ],
  ])('work that %s is told once, in words', async ([, script, words]) => {
    await using talk = await startConversation(voice, {
      replies: [hands('do it'), { says: 'I am sorry.' }],
      scripts: [script],
    });
    await talk.say('Do it.');

    expect(await talk.told(2)).toEqual([expect.stringContaining(words)]);
    await answered(talk, 2);
    await end(talk);
  });

  test('work that is stopped is told once, and the next begins afresh', async () => {
    await using talk = await startConversation(voice, {
      replies: [hands('one'), { says: 'Stopped.' }, hands('two'), { says: 'Done.' }],
      scripts: [[{ stall: true }], answer('Two is done')],
    });
    const { engine, probe, threadId } = talk;
    await talk.say('Do one.');
    await engine.upstream.request(1);
    await probe.call('turn/interrupt', { threadId, turnId: '' });
    expect(await talk.told(2)).toEqual([expect.stringMatching(/^output: .*interrupted/u)]);
    await answered(talk, 2);
    await talk.say('Do two.');

    expect(await talk.told(4)).toEqual(['user: [BACKEND] Two is done', DONE]);
    await answered(talk, 4);
    await end(talk);
  });

  test('a call of a tool that nobody has starts nothing, and is answered', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ calls: 'teleport' }, { says: 'I cannot.' }],
    });
    await talk.say('Beam me up.');

    expect(await talk.told(2)).toEqual(['output: There is no tool named teleport.']);
    await answered(talk, 2);
    expect(talk.engine.upstream.requests).toEqual([]);
    await end(talk);
  });

  test('the answer to a typed turn beside the voice is spoken', async () => {
    await using talk = await startConversation(voice, {
      replies: [{ says: 'It is noon.' }],
      scripts: [answer('Noon')],
    });
    await talk.probe.turn(talk.threadId, 'What time is it?');

    expect(await talk.told(1)).toEqual(['user: [BACKEND] Noon']);
    await answered(talk, 1);
    await end(talk);
  });

  test('a result that comes while the model speaks waits for it to end', async () => {
    await using talk = await startConversation(voice, {
      replies: [
        hands('count'),
        { says: 'Once upon a time. It was dark.', until: 'told' },
        { says: 'There are two.' },
      ],
      scripts: [answer('2', 1, { until: 'counted' })],
    });
    const { engine, probe } = talk;
    await talk.say('Count.');
    await answered(talk, 1);
    await talk.say('And tell me a story.');
    await probe.notification('thread/realtime/outputAudio/delta');
    engine.upstream.open('counted');
    await probe.notification('turn/completed');
    expect(probe.all('thread/realtime/response/started')).toHaveLength(2);
    talk.open('told');

    expect(await talk.told(3)).toEqual(['user: [BACKEND] 2', DONE]);
    await answered(talk, 3);
    await end(talk);
  });

  test('a further request guides the work, and both calls are answered', async () => {
    await using talk = await startConversation(voice, {
      replies: [hands('work'), hands('and this'), { says: 'Passed on.' }, { says: 'Done.' }],
      scripts: [answer('First part', 1, { until: 'go' }), answer('Both', 2)],
    });
    const { engine, probe } = talk;
    await talk.say('Work.');
    await engine.upstream.request(1);
    await answered(talk, 1);
    await talk.say('And this.');
    expect(await talk.told(3)).toEqual([expect.stringContaining('output: Passed on')]);
    await answered(talk, 3);
    engine.upstream.open('go');
    await probe.notification('turn/completed');

    const { body } = await engine.upstream.request(2);
    expect(JSON.stringify(body)).toContain('<input>and this</input>');
    const told = await talk.told(4);
    expect(told).toContain('user: [BACKEND] First part');
    await answered(talk, 4);
    expect(probe.all('turn/started')).toHaveLength(1);
  });

  test('requests that queue are done one after the other, and each result is told', async () => {
    await using talk = await startConversation(voice, {
      replies: [hands('first'), hands('second'), { says: 'One.' }, { says: 'Two.' }],
      scripts: [answer('1', 1, { until: 'go' }), answer('2', 2)],
      params: { followUp: 'queue' },
    });
    const { engine, probe } = talk;
    await talk.say('First.');
    await engine.upstream.request(1);
    await answered(talk, 1);
    await talk.say('Second.');
    await probe.notification('turn/queued');
    await answered(talk, 2);
    engine.upstream.open('go');
    await probe.notification('turn/completed', 2);
    await answered(talk, 4);

    expect([await talk.told(3), await talk.told(4)]).toEqual([
      ['user: [BACKEND] 1', DONE],
      ['user: [BACKEND] 2', DONE],
    ]);
    await end(talk);
  });
});
