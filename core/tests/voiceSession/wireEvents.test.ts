import { describe, expect, test } from 'vitest';

import {
  asPeer,
  type Frame,
  inFence,
  type PeerVersion,
  startTestEngine,
  TRANSPORTS,
  type VoiceBench,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;
type Told = readonly [method: string, params: unknown];
type Row = readonly [event: Frame | string, told: readonly Told[]];

/** What the peer would tell its client about these events. */
async function toldAbout(
  voice: VoiceBench,
  version: PeerVersion,
  event: Frame | string,
): Promise<readonly Told[]> {
  const from = voice.probe.mark;
  voice.server.send(event);
  await inFence(voice);
  return asPeer(voice.probe.messages.slice(from), version).slice(0, -1);
}

const sound = (changes: Fields = {}): Fields => ({
  audio: {
    data: 'AQIDBA==',
    sampleRate: 24_000,
    numChannels: 1,
    samplesPerChannel: null,
    itemId: null,
    ...changes,
  },
});
const said = (role: 'user' | 'assistant', delta: string): Told => [
  'transcript/delta',
  { role, delta },
];
const saidAll = (role: 'user' | 'assistant', text: string): Told => [
  'transcript/done',
  { role, text },
];
const added = (item: Fields): Told => ['itemAdded', { item }];
const transcription = 'conversation.item.input_audio_transcription';
const item4 = { id: 'item_4', type: 'message', role: 'user', content: [] };
const item5 = { ...item4, id: 'item_5', content: [{ type: 'input_audio', transcript: null }] };
const item6 = {
  id: 'item_6',
  type: 'function_call',
  name: 'background_agent',
  call_id: 'call_x',
  arguments: '',
};

/** Recorded server events in their order, and what the client of the seed was told about each. */
const events: readonly Row[] = [
  [{ type: 'session.created', session: { id: 'sess_1' } }, []],
  [{ type: 'session.updated', session: { id: 'sess_1', instructions: 'x' } }, []],
  [{ type: 'session.updated', session: {} }, []],
  [{ type: 'response.created', response: { id: 'resp_1' } }, []],
  [
    {
      type: 'response.output_audio.delta',
      response_id: 'resp_1',
      item_id: 'item_1',
      output_index: 0,
      content_index: 0,
      delta: 'AQIDBA==',
    },
    [['outputAudio/delta', sound({ itemId: 'item_1' })]],
  ],
  [
    {
      type: 'response.audio.delta',
      item_id: 'item_1',
      delta: 'AQIDBA==',
      sample_rate: 48_000,
      channels: 2,
      samples_per_channel: 480,
    },
    [
      [
        'outputAudio/delta',
        sound({
          itemId: 'item_1',
          sampleRate: 48_000,
          numChannels: 2,
          samplesPerChannel: 480,
        }),
      ],
    ],
  ],
  [
    { type: 'response.output_audio.delta', delta: 'AQIDBA==', num_channels: 2 },
    [['outputAudio/delta', sound({ numChannels: 2 })]],
  ],
  [
    { type: 'response.output_audio.delta', item_id: 'item_1', delta: '' },
    [['outputAudio/delta', sound({ data: '', itemId: 'item_1' })]],
  ],
  [{ type: 'response.output_audio.done', item_id: 'item_1' }, []],
  [
    { type: 'response.output_audio_transcript.delta', item_id: 'item_1', delta: 'Hel' },
    [said('assistant', 'Hel')],
  ],
  [
    { type: 'response.output_audio_transcript.delta', item_id: 'item_1', delta: '' },
    [said('assistant', '')],
  ],
  [
    { type: 'response.output_audio_transcript.done', item_id: 'item_1', transcript: 'Hello' },
    [saidAll('assistant', 'Hello')],
  ],
  [
    { type: 'response.output_text.delta', item_id: 'item_2', delta: 'Te' },
    [said('assistant', 'Te')],
  ],
  [
    { type: 'response.output_text.done', item_id: 'item_2', text: 'Text' },
    [saidAll('assistant', 'Text')],
  ],
  [{ type: 'response.text.delta', item_id: 'item_2', delta: 'beta' }, []],
  [{ type: 'response.audio_transcript.delta', item_id: 'item_2', delta: 'beta' }, []],
  [
    { type: `${transcription}.delta`, item_id: 'item_3', content_index: 0, delta: 'user says' },
    [said('user', 'user says')],
  ],
  [
    {
      type: `${transcription}.completed`,
      item_id: 'item_3',
      content_index: 0,
      transcript: 'user says hi',
    },
    [saidAll('user', 'user says hi')],
  ],
  [
    { type: `${transcription}.completed`, item_id: 'item_3', content_index: 0, transcript: '' },
    [saidAll('user', '')],
  ],
  [{ type: `${transcription}.failed`, item_id: 'item_3', error: { message: 'unheard' } }, []],
  [{ type: `${transcription}.segment`, item_id: 'item_3', text: 'seg' }, []],
  [{ type: 'conversation.item.created', item: item4 }, [added(item4)]],
  [{ type: 'conversation.item.added', item: item5 }, [added(item5)]],
  [{ type: 'conversation.item.added', item: item6 }, [added(item6)]],
  [{ type: 'conversation.item.done', item: { ...item5, role: 'assistant' } }, []],
  [{ type: 'response.output_item.added', item: { id: 'item_8', type: 'message' } }, []],
  [{ type: 'response.content_part.added', part: {} }, []],
  [
    { type: 'input_audio_buffer.speech_started', item_id: 'item_9', audio_start_ms: 100 },
    [added({ type: 'input_audio_buffer.speech_started', item_id: 'item_9' })],
  ],
  [
    { type: 'input_audio_buffer.speech_started' },
    [added({ type: 'input_audio_buffer.speech_started', item_id: null })],
  ],
  [{ type: 'input_audio_buffer.speech_stopped', item_id: 'item_9', audio_end_ms: 900 }, []],
  [{ type: 'input_audio_buffer.committed', item_id: 'item_9' }, []],
  [{ type: 'input_audio_buffer.timeout_triggered', item_id: 'item_9' }, []],
  [{ type: 'output_audio_buffer.started', response_id: 'resp_1' }, []],
  [{ type: 'conversation.item.truncated', item_id: 'item_1', audio_end_ms: 1 }, []],
  [{ type: 'conversation.item.deleted', item_id: 'item_1' }, []],
  [{ type: 'rate_limits.updated', rate_limits: [] }, []],
  [{ type: 'mcp_list_tools.in_progress', item_id: 'm' }, []],
  [{ type: 'totally.unknown' }, []],
  [
    { type: 'response.cancelled', response: { id: 'resp_1' } },
    [added({ type: 'response.cancelled', response_id: 'resp_1' })],
  ],
  [{ type: 'response.done', response: { id: 'resp_1', status: 'completed', output: [] } }, []],
  [
    {
      type: 'response.done',
      response: {
        id: 'resp_3',
        status: 'incomplete',
        status_details: { reason: 'max_output_tokens' },
      },
    },
    [],
  ],
  [{ type: 'error' }, []],
];

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('every server event is told as by the peer, in the same order', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench, { outputModality: 'audio', interruption: 'on' });
    const told: Row[] = [];
    for (const [event] of events) told.push([event, await toldAbout(voice, 'seed', event)]);

    expect(told).toEqual(events);
    expect(voice.server.frames).toHaveLength(1);
  });

  test('what a session survives is a warning of our own, at which no client of the peer stops', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, server, threadId } = voice;
    server.send(
      { type: 'response.done', response: { id: 'resp_2', status: 'failed', status_details: null } },
      { type: 'error', message: 'top level' },
      { type: 'error', error: { code: 'x' } },
      '{not json',
      '[]',
      '42',
      '',
      { type: 'response.output_audio.delta', item_id: 'item_1' },
    );
    await inFence(voice);
    await probe.call('thread/realtime/stop', { threadId });
    await probe.notification('thread/realtime/closed');

    expect(probe.all('thread/realtime/warning').map(({ message }) => message)).toEqual([
      'the response failed',
      'top level',
      '{"code":"x"}',
      'The voice provider sent something unreadable (no type); it was passed over.',
      '5 messages of the voice provider were unreadable and passed over.',
    ]);
    expect(probe.all('thread/realtime/error')).toEqual([]);
  });

  test('a line of talk is a kept item as in the newest release, but with its final text', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, server, threadId } = voice;
    const from = probe.mark;
    server.send(
      { type: `${transcription}.delta`, item_id: 'item_3', content_index: 0, delta: 'user says' },
      {
        type: `${transcription}.completed`,
        item_id: 'item_3',
        content_index: 0,
        transcript: 'user says hi',
      },
    );
    await inFence(voice);

    const line = (text: string): Fields => ({
      item: {
        id: expect.any(String),
        realtimeSessionId: threadId,
        type: 'transcriptSegment',
        role: 'user',
        text,
      },
    });
    expect(asPeer(probe.messages.slice(from), 'newest').slice(0, -1)).toEqual([
      ['item/started', line('')],
      ['item/transcript/delta', { itemId: expect.any(String), delta: 'user says' }],
      said('user', 'user says'),
      // The newest release keeps "user says" here.
      ['item/completed', line('user says hi')],
      saidAll('user', 'user says hi'),
    ]);
  });
});
