import { expect, test } from 'vitest';

import { callAnswer, messageAnswer, type UpstreamStep } from '../../model/testing/index.ts';
import { BACKGROUND_AGENT_TOOL } from '../../voice/agent/index.ts';
import { hears, loose, sounds, startCascade, type CascadeBench } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const says = (text: string): readonly UpstreamStep[] => [{ events: messageAnswer(text) }];

const calls = (name: string, given: unknown = {}): readonly UpstreamStep[] => [
  { events: callAnswer({ name, arguments: given, callId: 'call_text' }) },
];

/** What the text model of the voice was told in its n-th request, a line for each item. */
async function told({ engine }: CascadeBench, n: number): Promise<readonly string[]> {
  const { body } = await engine.upstream.request(n);
  const { input } = body as { readonly input: readonly Fields[] };
  return input.map(({ type, role, content, name, output }) => {
    if (type !== 'message') return `${String(type)} ${String(name ?? output)}`;
    const [part] = content as readonly Fields[];
    return `${String(role)}: ${String(part?.['text'])}`;
  });
}

const done = async ({ probe }: CascadeBench, n: number): Promise<Fields> =>
  probe.notification('thread/realtime/response/completed', n);

test('work that the text model hands over is done by the agent, and its result is spoken', async () => {
  await using bench = await startCascade({
    ears: [hears('List the primes up to five.')],
    scripts: [
      calls(BACKGROUND_AGENT_TOOL, { prompt: 'list the primes up to five' }),
      says('2, 3, 5'),
      says('Two, three and five.'),
    ],
  });
  const { probe } = bench;
  await bench.speak();
  await probe.notification('turn/completed');
  await probe.notification(
    'thread/realtime/transcript/done',
    1,
    ({ role }) => role === 'assistant',
  );

  const spoken = await told(bench, 3);
  expect(spoken.slice(0, 3)).toEqual([
    'user: List the primes up to five.',
    'function_call background_agent',
    'function_call_output Under way. What comes of it follows later; go on talking meanwhile.',
  ]);
  expect(spoken.slice(3)).toContain('user: [BACKEND] 2, 3, 5');
  const [, agents] = bench.engine.upstream.requests;
  expect(JSON.stringify(agents?.body)).toContain('list the primes up to five');
  await probe.call('thread/realtime/stop', { threadId: bench.threadId });
  await probe.notification('thread/realtime/closed');
  expect(loose(probe)).toEqual([]);
});

test('a cough is no turn: the text model is not asked, and nothing is told', async () => {
  await using bench = await startCascade({ ears: [hears('')], scripts: [says('What?')] });
  await bench.speak();
  expect(await done(bench, 1)).toMatchObject({ status: 'completed' });
  expect(bench.engine.upstream.requests).toEqual([]);
  expect(bench.probe.all('thread/realtime/warning')).toEqual([]);
});

test('an answer that is interrupted ends its requests, and the text model learns how much was heard', async () => {
  await using bench = await startCascade({
    ears: [hears('Tell me a story.'), hears('Stop.')],
    mouth: [sounds(2_000), [...sounds(500), { stall: true }], sounds()],
    scripts: [says('Once upon a time there was a fox. It lived in a wood.'), says('As you like.')],
  });
  const { probe, mouth, threadId } = bench;
  await bench.speak();
  const second = await mouth.request(2);
  // Two seconds in pieces of 40 ms have been played, as far as this client is concerned, by half.
  const { audio } = await probe.notification('thread/realtime/outputAudio/delta', 50);
  const { itemId } = audio as { readonly itemId: string };
  await probe.call('thread/realtime/interrupt', {
    threadId,
    heard: [{ itemId, playedMs: 1_000 }],
  });
  await second.closed;
  expect(await done(bench, 1)).toMatchObject({ status: 'cancelled' });
  await bench.speak();
  await done(bench, 2);

  expect(await told(bench, 2)).toEqual([
    'user: Tell me a story.',
    'assistant: Once upon a time',
    'user: Stop.',
  ]);
});

test('an answer that is interrupted while the text model writes ends that request', async () => {
  await using bench = await startCascade({
    ears: [hears('Think.')],
    scripts: [[{ events: messageAnswer('One. Two.').slice(0, 3) }, { stall: true }]],
  });
  const { probe, threadId, engine } = bench;
  await bench.speak();
  const request = await engine.upstream.request(1);
  await probe.notification('thread/realtime/response/started');
  await probe.call('thread/realtime/interrupt', { threadId, heard: [] });
  await request.closed;
  expect(await done(bench, 1)).toMatchObject({ status: 'cancelled' });
});

test('typed words are answered aloud, and the voice has the pace and the name that were asked for', async () => {
  await using bench = await startCascade({
    ears: [],
    scripts: [says('With *pleasure*.')],
    mouthSettings: 'voice = "af_heart"',
    realtimeSettings: 'speed = 1.25',
  });
  const { probe, mouth, threadId } = bench;
  await probe.call('thread/realtime/appendText', { threadId, text: 'Sing.', respond: true });
  await done(bench, 1);
  expect(mouth.requests[0]?.body).toMatchObject({
    voice: 'af_heart',
    speed: 1.25,
    input: 'With pleasure.',
  });
  expect(await told(bench, 1)).toEqual(['user: [USER] Sing.']);
});
