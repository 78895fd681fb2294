import { describe, expect, test } from 'vitest';

import {
  answering,
  asked,
  askingScripts,
  COLOUR,
  delegation,
  outFence,
  outputTold,
  speaks,
  startTestEngine,
  toldToVoice,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

// Row 8 of realtime-v2 §19: while the agent waits for its user, the peer's voice is silent (seed), or is
// sent a dump of JSON that nobody asks it to speak (newest).

/** What the voice model gets when the agent waits, whole. */
const REQUEST =
  '[BACKEND] The agent needs an answer before it goes on: Which colour do you like? Options: Teal, Coral. Ask the user in one short sentence, then pass the answer on with background_agent.';

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('the voice gets one short request to speak, and the spoken answer reaches the agent', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(delegation('work', 'paint the door'));
    await server.frame('response.create');
    expect(toldToVoice(server)).toEqual([REQUEST, 'create']);
    // Clients are told in structure, by the request itself and by the status.
    expect((await asked(probe)).params).toMatchObject({ questions: [{ id: 'colour' }] });
    await probe.notification('thread/status/changed', 2);
    expect(probe.all('thread/status/changed').at(-1)).toEqual({
      threadId,
      status: { type: 'active', activeFlags: ['waitingOnUserInput'] },
    });
    speaks(server, 1);
    server.send(delegation('answer', 'coral.'));
    await server.until((frame) => JSON.stringify(frame).includes('"work"'));
    await outFence(voice);

    expect(outputTold((await bench.upstream.request(2)).body)).toBe(
      '{"answers":{"colour":{"answers":["Coral"]}}}',
    );
    expect(toldToVoice(server).slice(2, -1)).toEqual([
      'answer: Passed on to the background agent, which goes on with it.',
      'create',
      '[BACKEND] Fine',
      'work: The background agent is done. Its messages marked [BACKEND] above are the result.',
    ]);
    expect(probe.all('serverRequest/resolved')).toMatchObject([
      { requestId: 0, answeredBy: 'voice', answers: { colour: { answers: ['Coral'] } } },
    ]);
    // An answer is no turn of its own and no word of the user's to the agent.
    expect(probe.all('turn/started')).toHaveLength(1);
    expect(
      probe
        .all('item/completed')
        .filter(({ item }) => JSON.stringify(item).includes('userMessage')),
    ).toHaveLength(1);
  });

  test('a click answers as well, and the voice is told so that it waits no longer', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    server.send(delegation('work', 'paint the door'));
    await server.frame('response.create');
    probe.send(answering((await asked(probe)).id, 'Teal'));
    await server.until((frame) => JSON.stringify(frame).includes('"work"'));
    await outFence(voice);

    expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
    expect(toldToVoice(server).slice(0, -1)).toEqual([
      REQUEST,
      'create',
      '[BACKEND] The user has answered on the screen. The agent needs no answer any more.',
      '[BACKEND] Fine',
      'work: The background agent is done. Its messages marked [BACKEND] above are the result.',
    ]);
  });

  test('a typed turn beside the voice is asked about in the same way', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.turn(threadId, 'Paint the door');
    await server.frame('response.create');
    speaks(server, 1);
    server.send(delegation('answer', 'something between blue and green'));
    await probe.notification('turn/completed');
    await outFence(voice);

    expect(outputTold((await bench.upstream.request(2)).body)).toContain(
      'something between blue and green',
    );
    expect(toldToVoice(server).slice(0, -1)).toEqual([
      REQUEST,
      'create',
      'answer: Passed on to the background agent, which goes on with it.',
      'create',
      '[BACKEND] Fine',
    ]);
  });

  test('after the answer, what is handed over steers the work again', async () => {
    const [asks = [], fine = []] = askingScripts(COLOUR);
    await using bench = await startTestEngine({
      scripts: [asks, [{ until: 'go' }, ...fine], fine],
    });
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    server.send(delegation('work', 'paint the door'));
    await server.frame('response.create');
    server.send(delegation('answer', 'Teal'));
    await bench.upstream.request(2);
    server.send(delegation('steer', 'and the window'));
    await server.until((frame) => JSON.stringify(frame).includes('"steer"'));
    bench.upstream.open('go');
    await probe.notification('turn/completed');
    await outFence(voice);

    const told = toldToVoice(server).filter((line) => /^(?:work|answer|steer): /u.test(line));
    expect(told).toEqual([
      expect.stringMatching(/^answer: Passed on/u),
      expect.stringMatching(/^steer: Passed on .*still working/u),
      expect.stringMatching(/^work: .*is done/u),
    ]);
    expect(JSON.stringify((await bench.upstream.request(3)).body)).toContain('and the window');
  });
});
