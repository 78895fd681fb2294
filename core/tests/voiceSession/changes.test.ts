import { describe, expect, test } from 'vitest';

import {
  type Frame,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const turnDetection = (interrupts: boolean): Fields => ({
  audio: {
    input: {
      turn_detection: {
        type: 'server_vad',
        interrupt_response: interrupts,
        create_response: true,
        silence_duration_ms: 500,
      },
    },
  },
});

/** Half a second of sound of an item, with its words. */
const spoken = (itemId: string): readonly Frame[] => [
  {
    type: 'response.output_audio.delta',
    item_id: itemId,
    response_id: 'r1',
    delta: Buffer.alloc(24_000).toString('base64'),
  },
  {
    type: 'response.output_audio_transcript.delta',
    item_id: itemId,
    response_id: 'r1',
    delta: `words of ${itemId}`,
  },
];

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('what changes live is one update with just that in it; what stays the same is none', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const steps: readonly (readonly [change: Fields, update: Fields | undefined])[] = [
      [{ outputModality: 'text' }, { output_modalities: ['text'] }],
      [{ outputModality: 'text' }, undefined],
      // Quiet makes text of what is text already.
      [{ quiet: true }, undefined],
      [{ outputModality: 'audio' }, undefined],
      [{ quiet: false }, { output_modalities: ['audio'] }],
      [{ quiet: true }, { output_modalities: ['text'] }],
      [{ interruption: 'off' }, turnDetection(false)],
      // To the server off and by key are the same, but it is said once more and harms nothing.
      [{ interruption: 'key' }, turnDetection(false)],
      [
        { interruption: 'on', quiet: false },
        { output_modalities: ['audio'], ...turnDetection(true) },
      ],
      [{}, undefined],
    ];
    const seen: unknown[] = [];
    for (const [change] of steps) {
      const from = server.frames.length;
      const { error } = await probe.ask('thread/realtime/update', { threadId, ...change });
      expect(error).toBeUndefined();
      await outFence(voice);
      seen.push([change, ...server.frames.slice(from, -1)]);
    }

    expect(seen).toEqual(
      steps.map(([change, update]) =>
        update === undefined
          ? [change]
          : [change, { type: 'session.update', session: { type: 'realtime', ...update } }],
      ),
    );
    expect(probe.all('thread/realtime/session/updated').at(-1)).toEqual({
      threadId,
      outputModality: 'audio',
      quiet: false,
      interruption: 'on',
      expiresAt: null,
    });
  });

  test('a session may start quiet and deaf to interruption', async () => {
    await using bench = await startTestEngine();
    const { server } = await startVoice(bench, {
      outputModality: 'audio',
      prompt: '',
      quiet: true,
      interruption: 'key',
    });

    expect(server.frames[0]).toMatchObject({
      session: { output_modalities: ['text'], ...turnDetection(false) },
    });
  });

  test('a change without a session, or to something unknown, is refused in words', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId } = await startVoice(bench);
    const unknown = await probe.ask('thread/realtime/update', { threadId, interruption: 'maybe' });
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');
    const late = await probe.ask('thread/realtime/update', { threadId, quiet: true });

    expect(unknown.error?.message).toContain('interruption');
    expect(late.error?.message).toBe('no realtime conversation is running');
  });

  test('speech on request is a message of the agent and a wish for a response, in that order', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    await probe.call('thread/realtime/appendSpeech', { threadId, text: 'Lunch is ready' });
    await server.frame('response.create');

    expect(server.frames.slice(1)).toEqual([
      {
        type: 'conversation.item.create',
        item: {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: '[BACKEND] Lunch is ready' }],
        },
      },
      { type: 'response.create' },
    ]);
  });

  test('an interruption is kept with the lines it cut, and with no other', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.send(
      { type: 'response.created', response: { id: 'r1' } },
      ...spoken('whole'),
      ...spoken('cut'),
      ...spoken('unheard'),
      {
        type: 'response.output_audio_transcript.done',
        item_id: 'cut',
        response_id: 'r1',
        transcript: 'words of cut',
      },
    );
    await inFence(voice);
    await probe.call('thread/realtime/interrupt', {
      threadId,
      heard: [
        { itemId: 'whole', playedMs: 500 },
        { itemId: 'cut', playedMs: 120 },
        { itemId: 'unheard', playedMs: 0 },
      ],
    });
    server.send({
      type: 'response.output_audio_transcript.done',
      item_id: 'unheard',
      response_id: 'r1',
      transcript: 'words of unheard.',
    });
    await inFence(voice);
    await probe.call('thread/realtime/stop', { threadId });
    await server.closed;

    expect(server.frames.slice(1).map(({ type, item_id: itemId }) => [type, itemId])).toEqual([
      ['response.cancel', undefined],
      // The server of a call holds sound that nobody has heard yet.
      ...(transport === 'webrtc' ? [['output_audio_buffer.clear', undefined]] : []),
      ['conversation.item.truncate', 'cut'],
      ['conversation.item.delete', 'unheard'],
    ]);
    const { data } = await probe.call('thread/timeline/list', { threadId });
    const heard = (data as readonly Fields[])
      .map(({ item }) => (item ?? {}) as Fields)
      .filter(({ type }) => type === 'transcriptSegment')
      .map(({ text, heardMs }) => [text, heardMs] as const);
    expect(new Map(heard)).toEqual(
      new Map([
        ['words of whole', undefined],
        ['words of cut', 120],
        ['words of unheard.', 0],
      ]),
    );
    expect(heard).toHaveLength(3);
  });

  test('an interruption when all was heard, or nothing was said, sends nothing', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    await probe.call('thread/realtime/interrupt', { threadId, heard: [] });
    server.send({ type: 'response.created', response: { id: 'r1' } }, ...spoken('a'), {
      type: 'response.done',
      response: { id: 'r1' },
    });
    await inFence(voice);
    await probe.call('thread/realtime/interrupt', {
      threadId,
      heard: [{ itemId: 'a', playedMs: 500 }],
    });
    await outFence(voice);

    expect(server.frames.slice(1, -1)).toEqual([]);
  });
});
