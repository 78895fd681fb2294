import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  answering,
  asked,
  askingScripts,
  COLOUR,
  delegation,
  functionCall,
  outFence,
  outputTold,
  speaks,
  startTestEngine,
  toldToVoice,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

const SIZE = { id: 'size', header: 'Size', question: 'How big' };
const KEY = { id: 'key', header: 'Key', question: 'Which key?', is_secret: true };

const asks = (words: string): unknown => expect.stringContaining(words);

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice, talk } = voiceOver(transport);

  test('several questions are spoken one after the other, each with one answer', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR, SIZE) });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.turn(threadId, 'Paint the door');
    await server.frame('response.create');
    speaks(server, 1);
    server.send(delegation('first', 'TEAL!'));
    await server.frame('response.create', 2);
    expect(probe.all('serverRequest/partlyAnswered')).toEqual([
      { threadId, requestId: 0, answers: { colour: { answers: ['Teal'] } } },
    ]);
    speaks(server, 2);
    server.send(delegation('second', 'two metres'));
    await probe.notification('turn/completed');
    await outFence(voice);

    expect(outputTold((await bench.upstream.request(2)).body)).toBe(
      '{"answers":{"colour":{"answers":["Teal"]},"size":{"answers":["two metres"]}}}',
    );
    expect(toldToVoice(server).slice(0, -1)).toEqual([
      asks('Which colour do you like?'),
      'create',
      '[BACKEND] The agent needs an answer before it goes on: How big. Ask the user in one short sentence, then pass the answer on with background_agent.',
      asks('first: Passed on'),
      'create',
      asks('second: Passed on'),
      'create',
      '[BACKEND] Fine',
    ]);
  });

  test('a client that joins later is told what has been answered by voice, and may answer the rest', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR, SIZE) });
    const { probe, threadId, server } = await startVoice(bench);
    await probe.turn(threadId, 'Paint the door');
    await server.frame('response.create');
    server.send(delegation('first', 'teal'));
    await probe.notification('serverRequest/partlyAnswered');
    const other = await bench.client();
    await other.call('thread/resume', { threadId });
    const { id } = await asked(other);
    expect(await other.notification('serverRequest/partlyAnswered')).toMatchObject({
      requestId: id,
      answers: { colour: { answers: ['Teal'] } },
    });
    other.send({ id, result: { answers: { size: { answers: ['small'] } } } });
    await other.notification('turn/completed');

    expect(outputTold((await bench.upstream.request(2)).body)).toBe(
      '{"answers":{"colour":{"answers":["Teal"]},"size":{"answers":["small"]}}}',
    );
  });

  test('a secret question is neither spoken nor taken by voice', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(KEY) });
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    server.send(delegation('work', 'log in'));
    await server.frame('response.create');
    expect(toldToVoice(server)[0]).toMatch(
      /^\[BACKEND\] The agent needs something that must be typed/u,
    );
    expect(toldToVoice(server).join('')).not.toContain('key');
    speaks(server, 1);
    server.send(delegation('told', 'it is hunter2'));
    await server.frame('response.create', 2);
    expect(toldToVoice(server)[2]).toMatch(/^told: Not passed on/u);
    expect(probe.all('serverRequest/resolved')).toEqual([]);

    const { id } = await asked(probe);
    probe.send({ id, result: { answers: { key: { answers: ['swordfish'] } } } });
    await server.until((frame) => JSON.stringify(frame).includes('"work"'));
    await outFence(voice);
    const { body } = await bench.upstream.request(2);
    expect(outputTold(body)).toBe('{"answers":{"key":{"answers":["swordfish"]}}}');
    expect(JSON.stringify(body)).not.toContain('hunter2');
    expect(JSON.stringify(server.frames)).not.toContain('swordfish');
  });

  test('of mixed questions the plain ones are spoken, and the secret one is left to the screen', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(KEY, COLOUR) });
    const { probe, threadId, server } = await startVoice(bench);
    await probe.turn(threadId, 'Log in');
    await server.frame('response.create');
    expect(toldToVoice(server)[0]).toContain('Which colour');
    speaks(server, 1);
    server.send(delegation('answer', 'coral'));
    await server.frame('response.create', 2);
    expect(toldToVoice(server).slice(2)).toEqual([
      asks('must be typed on the screen'),
      asks('answer: Passed on'),
      'create',
    ]);
    const { id } = await asked(probe);
    probe.send({ id, result: { answers: { key: { answers: ['x'] } } } });
    await probe.notification('turn/completed');
    expect(outputTold((await bench.upstream.request(2)).body)).toBe(
      '{"answers":{"key":{"answers":["x"]},"colour":{"answers":["Coral"]}}}',
    );
  });

  test('a call without words, while the agent waits, is answered with the last words of the user', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const { probe, threadId, server } = await startVoice(bench);
    await probe.turn(threadId, 'Paint the door');
    await server.frame('response.create');
    server.send(functionCall('nothing', 'background_agent', '{}'));
    await server.until((frame) => JSON.stringify(frame).includes('"nothing"'));
    expect(toldToVoice(server).at(-1)).toMatch(/^nothing: Nothing was handed over/u);
    server.send(
      {
        type: 'conversation.item.input_audio_transcription.completed',
        item_id: 'u1',
        content_index: 0,
        transcript: 'Coral',
      },
      functionCall('spoken', 'background_agent', '{}'),
    );
    await probe.notification('turn/completed');
    expect(outputTold((await bench.upstream.request(2)).body)).toContain('"Coral"');
  });

  test('an interrupt while the voice asks ends the question, and both calls have one output', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(delegation('work', 'paint the door'));
    await server.frame('response.create');
    await probe.call('turn/interrupt', { threadId, turnId: '' });
    await server.until((frame) => JSON.stringify(frame).includes('"work"'));
    await outFence(voice);
    expect(toldToVoice(server).slice(2, -1)).toEqual([
      '[BACKEND] The agent needs no answer any more.',
      asks('work: The background agent was interrupted'),
    ]);
    // Too late to be an answer, so it is work of its own.
    server.send(delegation('late', 'coral'));
    await probe.notification('turn/started', 2);
    await server.until((frame) => JSON.stringify(frame).includes('"late"'));
    expect(toldToVoice(server).filter((line) => line.startsWith('late: '))).toHaveLength(1);
  });

  test('a voice that begins while the agent waits asks the question', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const probe = await bench.client();
    const threadId = await probe.thread();
    await probe.turn(threadId, 'Paint the door');
    await asked(probe);
    const server = await talk(bench, probe, threadId);
    await server.frame('response.create');
    expect(toldToVoice(server)).toEqual([asks('Which colour do you like?'), 'create']);
    const realtime = probe.order.filter((method) => method.startsWith('thread/realtime/'));
    expect(realtime.indexOf('thread/realtime/started')).toBeLessThan(
      realtime.indexOf('thread/realtime/queue/updated'),
    );
    server.send(delegation('answer', 'teal'));
    await probe.notification('turn/completed');
    expect(outputTold((await bench.upstream.request(2)).body)).toContain('Teal');
  });

  test('a voice connection that hangs keeps nobody from asking and answering', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const probe = await bench.client();
    const threadId = await probe.thread();
    bench.realtime.stallNext();
    await probe.call('thread/realtime/start', { threadId, outputModality: 'audio' });
    await bench.realtime.upgrade(1);
    await probe.turn(threadId, 'Paint the door');
    probe.send(answering((await asked(probe)).id, 'Teal'));

    expect(await probe.notification('turn/completed')).toMatchObject({
      turn: { status: 'completed' },
    });
    expect(probe.all('thread/realtime/started')).toEqual([]);
  });

  test('where the only client cannot answer, the voice still can, and its end ends the wait', async () => {
    await using bench = await startTestEngine({ scripts: askingScripts(COLOUR) });
    const { probe, threadId, server } = await startVoice(bench);
    await probe.turn(threadId, 'Paint the door');
    await server.frame('response.create');
    probe.send({ id: (await asked(probe)).id, error: { code: -32601, message: 'not here' } });
    await probe.call('thread/loaded/list', {});
    expect(probe.all('serverRequest/resolved')).toEqual([]);
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('turn/completed');
    expect(outputTold((await bench.upstream.request(2)).body)).toContain(
      'could not be asked: not here',
    );
  });
});

// What ends a socket of its own is mended in a call: see `voiceConnection/calls.test.ts`.
const overSocket = voiceOver('websocket');

test('after a drop the next connection is asked what is still open, and only that', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ clock, scripts: askingScripts(COLOUR) });
  const voice = await overSocket.startVoice(bench, { outputModality: 'audio', reconnect: true });
  const { probe, threadId } = voice;
  await probe.turn(threadId, 'Paint the door');
  await voice.server.frame('response.create');
  voice.server.cut();
  const dropped = (n: number) =>
    probe.notification('thread/realtime/stage', n, ({ stage }) => stage === 'reconnecting');
  await dropped(1);
  clock.advance(150);
  const second = await bench.realtime.session(2);
  await second.frame('response.create');
  expect(toldToVoice(second)).toEqual([asks('Which colour do you like?'), 'create']);

  second.cut();
  await dropped(2);
  probe.send(answering((await asked(probe)).id, 'Teal'));
  await probe.notification('turn/completed');
  clock.advance(300);
  const third = await bench.realtime.session(3);
  await third.frame('response.create');
  await outFence({ ...voice, server: third });
  expect(toldToVoice(third).slice(0, -1)).toEqual(['[BACKEND] Fine', 'create']);
});
