import { describe, expect, test } from 'vitest';

import { messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import type { FollowUp } from '../../protocol/index.ts';
import {
  delegation,
  functionCall,
  inFence,
  outFence,
  speaks,
  startTestEngine,
  type TestEngine,
  toldToVoice,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What the voice model was told, but for the fences. */
const told = ({ server }: VoiceBench): readonly string[] =>
  toldToVoice(server).filter((line) => !line.startsWith('fence '));

const outputs = ({ server }: VoiceBench): readonly string[] =>
  toldToVoice(server).filter((line) => /^call_\d: /u.test(line));

const answer = (text: string, n: number, ...before: readonly UpstreamStep[]) => [
  ...before,
  { events: messageAnswer(text, { response: `resp_${n}`, item: `msg_${n}` }) },
];

/** The first task waits until it is let go; those behind it take no time. */
const scripts = [answer('One', 1, { until: 'go' }), answer('Two', 2), answer('Three', 3)];

/** What happened to the turns of the thread, by the request of each. */
const turns = ({ probe }: VoiceBench): readonly string[] =>
  probe.messages.flatMap(({ method = '', params }) => {
    if (!/^turn\/(?:queued|started|completed)$/u.test(method)) return [];
    const { status, delegation: from } = (params?.['turn'] ?? {}) as Fields;
    const { prompt } = (from ?? { prompt: 'typed' }) as Fields;
    return [`${String(prompt)} ${method === 'turn/completed' ? String(status) : method.slice(5)}`];
  });

const ended = async ({ probe }: VoiceBench, n: number): Promise<void> => {
  await probe.notification('turn/completed', n);
};

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  /** The first task runs. */
  async function startBusy(bench: TestEngine, followUp?: FollowUp): Promise<VoiceBench> {
    const voice = await startVoice(bench, {
      outputModality: 'audio',
      ...(followUp !== undefined && { followUp }),
    });
    voice.server.send(delegation('call_1', 'first'));
    await bench.upstream.request(1);
    return voice;
  }

  test('tasks that queue keep their names and their order, and each result answers its own call', async () => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startBusy(bench, 'queue');
    const { probe, threadId, server } = voice;
    server.send(delegation('call_2', 'second'), delegation('call_3', 'third'));
    await probe.notification('turn/queued', 2);
    await outFence(voice);

    expect(told(voice)).toEqual([]);
    const { queuedTurns } = await probe.call('thread/timeline/list', { threadId, fromEnd: true });
    expect(queuedTurns).toMatchObject([
      {
        status: 'inProgress',
        startedAt: null,
        delegation: { callId: 'call_2', prompt: 'second' },
        items: [{ type: 'userMessage', delegation: { prompt: 'second' } }],
      },
      { delegation: { callId: 'call_3', prompt: 'third' } },
    ]);
    bench.upstream.open('go');
    for (const nth of [1, 2, 3]) {
      await server.frame('response.create', nth);
      speaks(server, nth);
    }
    await ended(voice, 3);

    expect(told(voice)).toEqual([
      '[BACKEND] One',
      expect.stringMatching(/^call_1: .*done/u),
      'create',
      '[BACKEND] Two',
      expect.stringMatching(/^call_2: .*done/u),
      'create',
      '[BACKEND] Three',
      expect.stringMatching(/^call_3: .*done/u),
      'create',
    ]);
    expect(turns(voice)).toEqual([
      'first started',
      'second queued',
      'third queued',
      'first completed',
      'second started',
      'second completed',
      'third started',
      'third completed',
    ]);
    const after = await probe.call('thread/timeline/list', { threadId, fromEnd: true });
    expect(after).not.toHaveProperty('queuedTurns');
  });

  test('a task that waits is taken back alone, is answered, and the model never hears of it', async () => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startBusy(bench, 'queue');
    const { probe, threadId, server } = voice;
    server.send(delegation('call_2', 'second'), delegation('call_3', 'third'));
    const { turn } = await probe.notification('turn/queued');
    await probe.notification('turn/queued', 2);
    await probe.call('turn/interrupt', { threadId, turnId: String((turn as Fields)['id']) });
    await ended(voice, 1);
    expect(turns(voice)).toEqual([
      'first started',
      'second queued',
      'third queued',
      'second interrupted',
    ]);
    bench.upstream.open('go');
    await ended(voice, 3);
    await outFence(voice);

    expect(outputs(voice)).toEqual([
      expect.stringMatching(/^call_2: .*interrupted/u),
      expect.stringMatching(/^call_1: .*done/u),
      expect.stringMatching(/^call_3: .*done/u),
    ]);
    expect(JSON.stringify((await bench.upstream.request(2)).body)).not.toContain('<input>second');
    const read = await probe.call('thread/read', { threadId, includeTurns: true });
    await bench.restart();
    const later = await bench.client();
    const again = await later.call('thread/read', { threadId, includeTurns: true });
    const turnsOf = ({ thread }: Fields): unknown => (thread as Fields)['turns'];
    expect(turnsOf(read)).toMatchObject([
      { status: 'completed', delegation: { prompt: 'first' } },
      { status: 'interrupted', delegation: { prompt: 'second' }, items: [{ type: 'userMessage' }] },
      { status: 'completed', delegation: { prompt: 'third' } },
    ]);
    expect(turnsOf(again)).toEqual(turnsOf(read));
  });

  test('the running task is stopped alone, and the one behind it is done', async () => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startBusy(bench, 'queue');
    const { probe, threadId, server } = voice;
    server.send(delegation('call_2', 'second'));
    await probe.notification('turn/queued');
    const { turn } = await probe.notification('turn/started');
    await probe.call('turn/interrupt', { threadId, turnId: String((turn as Fields)['id']) });
    await ended(voice, 2);

    expect(turns(voice)).toEqual([
      'first started',
      'second queued',
      'first interrupted',
      'second started',
      'second completed',
    ]);
    await outFence(voice);
    expect(outputs(voice)).toEqual([
      expect.stringMatching(/^call_1: .*interrupted/u),
      expect.stringMatching(/^call_2: .*done/u),
    ]);
  });

  test.for([
    ['queue', 'steer', 'first started'],
    ['steer', 'queue', 'second queued'],
    ['queue', 'whatever', 'second queued'],
  ] as const)(
    'where tasks %s and the voice model says %s, then: %s',
    async ([followUp, ifBusy, last]) => {
      await using bench = await startTestEngine({ scripts });
      const voice = await startBusy(bench, followUp);
      const args = JSON.stringify({ prompt: 'second', if_busy: ifBusy });
      voice.server.send(functionCall('call_2', 'background_agent', args));
      await inFence(voice);
      await outFence(voice);

      expect(turns(voice).at(-1)).toBe(last);
      const isPassedOn = outputs(voice).some((line) => line.startsWith('call_2: Passed on'));
      expect(isPassedOn).toBe(last === 'first started');
    },
  );

  test('the choice holds for a running session from when it is made', async () => {
    await using bench = await startTestEngine({ scripts });
    const { probe, threadId, server } = await startBusy(bench);
    await probe.call('thread/realtime/update', { threadId, followUp: 'queue' });
    server.send(delegation('call_2', 'second'));

    expect(await probe.notification('turn/queued')).toMatchObject({
      turn: { delegation: { callId: 'call_2' } },
    });
  });

  test('a call that says nothing but what to do when busy starts nothing', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench, { outputModality: 'audio', followUp: 'queue' });
    const { server } = voice;
    server.send(functionCall('call_1', 'background_agent', '{"prompt":"","if_busy":"queue"}'));
    await server.frame('response.create');

    expect(outputs(voice)[0]).toMatch(/^call_1: Nothing was handed over/u);
    expect(bench.upstream.requests).toEqual([]);
  });
});

test('the voice model is asked what to do when busy only where the client has chosen', async () => {
  await using bench = await startTestEngine();
  const { startVoice } = voiceOver('websocket');
  const asked = async (params: { followUp?: 'queue' }): Promise<readonly string[]> => {
    const { server } = await startVoice(bench, { outputModality: 'audio', ...params });
    const { session } = await server.frame('session.update');
    const [agent] = (session as Fields)['tools'] as readonly { parameters: Fields }[];
    return Object.keys(agent?.parameters['properties'] as Fields);
  };

  expect(await asked({})).toEqual(['prompt']);
  expect(await asked({ followUp: 'queue' })).toEqual(['prompt', 'if_busy']);
});
