import { setImmediate as immediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import { messageAnswer } from '../../model/testing/index.ts';
import {
  delegation,
  type Frame,
  functionCall,
  inFence,
  loose,
  outFence,
  startTestEngine,
  TRANSPORTS,
  typedTurn,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const MIB = 1024 * 1024;

/** A text model that answers every request, once the gate is open. */
const scripts = [[{ until: 'go' }, { events: messageAnswer('Hello') }]];

/** How far a session has come when something happens to it. */
const stages: Readonly<Record<string, readonly Frame[]>> = {
  'not configured yet': [],
  ready: [{ type: 'session.updated', session: { id: 's' } }],
  'in the middle of an answer': [
    { type: 'session.updated', session: { id: 's' } },
    { type: 'response.created', response: { id: 'r1' } },
    {
      type: 'response.output_audio_transcript.delta',
      item_id: 'a',
      response_id: 'r1',
      delta: 'We',
    },
    { type: 'response.output_audio.delta', item_id: 'a', response_id: 'r1', delta: 'AAAA' },
  ],
  'waiting for a task': [
    { type: 'session.updated', session: { id: 's' } },
    { type: 'response.created', response: { id: 'r1' } },
    delegation('call_1', 'work'),
    functionCall('call_2', 'teleport', '{}'),
    { type: 'response.done', response: { id: 'r1' } },
  ],
};

const END_OF_TIME = 'the end of its time';

type Fault = readonly [
  what: string,
  apply: (voice: VoiceBench) => void,
  outcome: 'ends' | 'goes on',
];

const faults: readonly Fault[] = [
  ['a goodbye', ({ server }) => server.close(1000, 'bye'), 'ends'],
  ['an internal error', ({ server }) => server.close(1011, 'boom'), 'ends'],
  ['a code of its own', ({ server }) => server.close(4001, ''), 'ends'],
  ['a cut link', ({ server }) => server.cut(), 'ends'],
  ['bytes that are no frame', ({ server }) => server.sendRaw(Buffer.alloc(64, 0xff)), 'ends'],
  [
    'bytes that are no frame, of a server that reads no more',
    ({ server }) => {
      server.stall();
      server.sendRaw(Buffer.alloc(64, 0xff));
    },
    'ends',
  ],
  [
    'half a frame and a cut',
    ({ server }) => {
      server.sendRaw(Buffer.of(0x81, 0x7e, 0xff, 0xff, 0x7b));
      server.cut();
    },
    'ends',
  ],
  [
    END_OF_TIME,
    ({ server }) =>
      server.send({ type: 'error', error: { code: 'session_expired', message: '60 minutes' } }),
    'ends',
  ],
  [
    'errors of all shapes',
    ({ server }) =>
      server.send(
        { type: 'error' },
        { type: 'error', error: null },
        { type: 'error', error: { code: 'x' } },
        { type: 'error', error: { message: 'm', event_id: 'response_create_1' } },
        { type: 'error', error: { code: 'conversation_already_has_active_response' } },
        { type: 'error', error: 'text' },
      ),
    'goes on',
  ],
  [
    'frames that mean nothing',
    ({ server }) => {
      server.send('', '{', 'null', '[]', '7', '"x"', '{"type":1}', { type: 'response.hologram' });
      server.sendBinary(Buffer.alloc(33, 0xfe));
      server.send(
        { type: 'response.created' },
        { type: 'response.done', response: 'r' },
        { type: 'conversation.item.done', item: { type: 'function_call' } },
        { type: 'conversation.item.done', item: { type: 'function_call', name: 5, call_id: 6 } },
        { type: '__proto__' },
        '{"type":"toString","__proto__":1}',
      );
    },
    'goes on',
  ],
  [
    'events nested by the thousand',
    ({ server }) => {
      const deep = '{"a":'.repeat(2_000) + '1' + '}'.repeat(2_000);
      server.send(
        `{"type":"conversation.item.added","item":{"id":"i","type":"message","content":[${deep}]}}`,
        `{"type":"response.done","response":{"id":"r9","usage":${deep}}}`,
        `{"type":"rate_limits.updated","rate_limits":${deep}}`,
        '['.repeat(100_000),
      );
    },
    'goes on',
  ],
  [
    'ends that come twice, late, or without a beginning',
    ({ server }) =>
      server.send(
        { type: 'response.done', response: { id: 'r1' } },
        { type: 'response.done', response: { id: 'r1' } },
        { type: 'response.cancelled', response: { id: 'r1' } },
        { type: 'response.done', response: { id: 'never_begun' } },
        { type: 'response.done', response: {} },
        { type: 'response.output_audio_transcript.done', item_id: 'a', transcript: 'We.' },
        { type: 'response.output_audio_transcript.done', item_id: 'a', transcript: 'We.' },
        { type: 'response.output_audio.delta', item_id: 'a', response_id: 'r1', delta: 'AAAA' },
        delegation('call_1', 'work'),
      ),
    'goes on',
  ],
];

const sweep = Object.keys(stages).flatMap((stage) =>
  faults.map(([what, apply, outcome]) => [what, stage, outcome, apply] as const),
);

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice, talk } = voiceOver(transport);

  test.each(sweep)(
    '%s while %s: the session %s, the thread works',
    async (what, stage, outcome, apply) => {
      const clock = new ManualClock();
      await using bench = await startTestEngine({ scripts, clock });
      const voice = await startVoice(bench);
      const { probe, threadId, server } = voice;
      if (stage !== 'waiting for a task') bench.upstream.open('go');
      server.send(...(stages[stage] ?? []));
      await inFence(voice);
      const isMended = transport === 'webrtc' && outcome === 'ends' && what !== END_OF_TIME;
      // What cuts a call's sideband does not end the call; here the call is gone as well.
      if (isMended) bench.realtime.refuseNext(404, 'no such call');
      apply(voice);
      if (isMended) {
        await probe.notification('thread/realtime/stage', 1, (told) => 'attempt' in told);
        clock.advance(150);
      }
      if (outcome === 'goes on') {
        await inFence(voice);
        await outFence(voice);
      }
      expect(await typedTurn(bench, probe, threadId)).toBe('completed');
      const isOver = probe.order.includes('thread/realtime/closed');
      if (outcome === 'goes on') {
        await outFence(voice);
        await probe.call('thread/realtime/stop', { threadId });
      }
      await probe.notification('thread/realtime/closed');
      expect(outcome === 'goes on' && isOver).toBe(false);
      clock.advance(60_000);

      const again = await talk(bench, probe, threadId);
      await outFence({ probe, threadId, server: again });
      expect(await typedTurn(bench, probe, threadId)).toBe('completed');
      await probe.call('thread/realtime/stop', { threadId });
      await probe.notification('thread/realtime/closed', 2);
      expect(loose(probe)).toEqual([]);
      const answered = server.frames.flatMap(
        ({ item }) => (item as Fields | undefined)?.['call_id'] ?? [],
      );
      expect(new Set(answered).size).toBe(answered.length);
      const owed =
        outcome === 'goes on' && stage === 'waiting for a task' ? ['call_1', 'call_2'] : [];
      expect(answered).toEqual(expect.arrayContaining(owed));
    },
  );

  test('twenty thousand pieces of sound at once arrive whole, in order, and the session answers on', async () => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startVoice(bench);
    const sent = Array.from({ length: 20_000 }, (_, n) =>
      Buffer.of(n % 256, Math.floor(n / 256), 0, 0).toString('base64'),
    );
    voice.server.send(
      ...sent.map((delta) => ({
        type: 'response.output_audio.delta',
        item_id: 'a',
        response_id: 'r1',
        delta,
      })),
    );
    expect(await typedTurn(bench, voice.probe, voice.threadId)).toBe('completed');
    await inFence(voice);

    const told = voice.probe
      .all('thread/realtime/outputAudio/delta')
      .map(({ audio }) => (audio as Fields)['data']);
    expect(told).toEqual(sent);
  });

  test.each([15, 20])('a message of %i MiB passes and the session goes on', async (mib) => {
    await using bench = await startTestEngine({ scripts });
    const voice = await startVoice(bench);
    const delta = 'A'.repeat(mib * MIB);
    voice.server.send({
      type: 'response.output_audio.delta',
      item_id: 'a',
      response_id: 'r',
      delta,
    });
    await inFence(voice);

    const [told] = voice.probe.all('thread/realtime/outputAudio/delta');
    expect(String((told?.['audio'] as Fields | undefined)?.['data'])).toHaveLength(mib * MIB);
    await outFence(voice);
  });
});

// What ends a socket of its own is mended in a call: see `voiceConnection/calls.test.ts`.
const overSocket = voiceOver('websocket');

test('a server that reads nothing any more is told goodbye and left', async () => {
  const clock = new ManualClock();
  await using bench = await startTestEngine({ scripts, clock });
  const voice = await overSocket.startVoice(bench);
  const { probe, threadId, server } = voice;
  server.stall();
  const audio = { data: 'A'.repeat(1_000_000), sampleRate: 24_000, numChannels: 1 };
  for (let n = 0; n < 30; n += 1) {
    await probe.call('thread/realtime/appendAudio', { threadId, audio });
  }
  expect(await typedTurn(bench, probe, threadId)).toBe('completed');
  // Nobody answers the pings either: that ends it without anybody's doing.
  for (let n = 0; n < 3; n += 1) {
    await immediate();
    clock.advance(20_000);
  }

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    detail: 'no sign of life for 40 s',
  });
  expect(probe.all('thread/realtime/warning')).toContainEqual(
    expect.objectContaining({
      message: expect.stringMatching(/\d+ pieces of microphone sound/u),
    }),
  );
  expect(loose(probe)).toEqual([]);
});

test('a message that would eat the memory ends the session, and says why', async () => {
  await using bench = await startTestEngine({ scripts });
  const { probe, server, threadId } = await overSocket.startVoice(bench);
  // The head of a frame that promises 4 GiB.
  server.sendRaw(Buffer.of(0x81, 0x7f, 0, 0, 0, 1, 0, 0, 0, 0));

  expect(await probe.notification('thread/realtime/closed')).toMatchObject({
    reason: 'error',
    detail: expect.stringContaining('Max payload'),
  });
  expect(await typedTurn(bench, probe, threadId)).toBe('completed');
});
