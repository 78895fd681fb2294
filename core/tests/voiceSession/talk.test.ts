import { describe, expect, test } from 'vitest';

import { inFence, outFence, startTestEngine, TRANSPORTS, voiceOver } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The words of every message item sent, with its role. */
const messages = (frames: readonly Fields[]): readonly string[] =>
  frames.flatMap(({ item }) => {
    const { type, role, content } = item as Fields;
    if (type !== 'message') return [];
    const [part] = content as readonly Fields[];
    return [`${String(role)} ${String(part?.['type'])} ${String(part?.['text'])}`];
  });

const pcm = (samples: number, value: number): string =>
  Buffer.from(new Int16Array(samples).fill(value).buffer).toString('base64');

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('typed words go out as they should and ask for no answer unless told to', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const type = async (params: Fields): Promise<void> => {
      const { error } = await probe.ask('thread/realtime/appendText', { threadId, ...params });
      expect(error).toBeUndefined();
    };

    await type({ text: 'hello' });
    await type({ text: '[USER] hello' });
    await type({ text: '' });
    await type({ text: 'rules', role: 'developer' });
    await type({ text: 'I said', role: 'assistant' });
    await outFence(voice);
    expect(messages(server.of('conversation.item.create')).slice(0, 5)).toEqual([
      'user input_text [USER] hello',
      'user input_text [USER] hello',
      'user input_text ',
      'developer input_text rules',
      'assistant output_text I said',
    ]);
    expect(server.of('response.create')).toEqual([]);

    await type({ text: 'answer me', respond: true });
    expect(await server.frame('response.create')).toEqual({ type: 'response.create' });
  });

  test('sound at 24 kHz mono passes through byte for byte, one frame a call', async () => {
    await using bench = await startTestEngine();
    const { probe, threadId, server } = await startVoice(bench);
    const chunks = [1, 2, 3].map((value) => pcm(480, value));
    for (const data of chunks) {
      const audio = {
        data,
        sampleRate: 24_000,
        numChannels: 1,
        samplesPerChannel: 480,
        itemId: null,
      };
      expect(await probe.call('thread/realtime/appendAudio', { threadId, audio })).toEqual({});
    }

    await server.frame('input_audio_buffer.append', 3);
    expect(server.of('input_audio_buffer.append').map(({ audio }) => audio)).toEqual(chunks);
  });

  test('sound of another rate or with two channels reaches the server as 24 kHz mono', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    for (let n = 0; n < 10; n += 1) {
      const audio = { data: pcm(4_800 * 2, 1_000), sampleRate: 48_000, numChannels: 2 };
      await probe.call('thread/realtime/appendAudio', { threadId, audio });
    }
    await outFence(voice);

    const sent = server
      .of('input_audio_buffer.append')
      .map(({ audio }) => Buffer.from(String(audio), 'base64'));
    const samples = Buffer.concat(sent).length / 2;
    expect(samples).toBeGreaterThan(23_500);
    expect(samples).toBeLessThanOrEqual(24_000);
    const middle = Buffer.concat(sent).readInt16LE(24_000);
    expect(Math.abs(middle - 1_000)).toBeLessThan(20);
  });

  test.each([
    ['no base64', { data: '!!!!', sampleRate: 24_000, numChannels: 1 }, 'base64'],
    ['half a sample', { data: 'AAAA', sampleRate: 24_000, numChannels: 1 }, '3 bytes'],
    ['no rate that exists', { data: 'AAA=', sampleRate: 0, numChannels: 1 }, 'sampleRate is 0'],
    ['no channels', { data: 'AAA=', sampleRate: 24_000, numChannels: 0 }, 'channel'],
    [
      'a count that does not fit',
      { data: 'AAA=', sampleRate: 24_000, numChannels: 1, samplesPerChannel: 9 },
      '9',
    ],
  ])('a chunk with %s is refused by name and harms nothing', async (_what, audio, words) => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;

    const { error } = await probe.ask('thread/realtime/appendAudio', { threadId, audio });
    await outFence(voice);

    expect(error?.code).toBe(-32600);
    expect(error?.message).toContain('Invalid request: audio: ');
    expect(error?.message).toContain(words);
    expect(server.of('input_audio_buffer.append')).toEqual([]);
  });

  test('sound and transcripts of the answer come with their ids, and are never doubled', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    const ids = { item_id: 'a1', response_id: 'r1' };
    server.send(
      { type: 'response.created', response: { id: 'r1', conversation_id: 'conv' } },
      { type: 'response.output_audio_transcript.delta', ...ids, delta: 'Hi' },
      { type: 'response.output_audio.delta', ...ids, delta: 'AAEC' },
      { type: 'response.output_audio_transcript.delta', ...ids, delta: ' there' },
      { type: 'response.output_audio_transcript.done', ...ids, transcript: 'Hi, there' },
      { type: 'response.output_audio_transcript.done', ...ids, transcript: 'Hi, there' },
      { type: 'response.done', response: { id: 'r1', status: 'completed', usage: { total: 1 } } },
    );
    await inFence(voice);

    expect(probe.all('thread/realtime/outputAudio/delta')).toEqual([
      {
        threadId,
        audio: {
          data: 'AAEC',
          sampleRate: 24_000,
          numChannels: 1,
          samplesPerChannel: null,
          itemId: 'a1',
          responseId: 'r1',
        },
      },
    ]);
    expect(probe.all('thread/realtime/transcript/delta').map(({ delta }) => delta)).toEqual([
      'Hi',
      ' there',
    ]);
    expect(probe.all('thread/realtime/transcript/done')[0]).toEqual({
      threadId,
      role: 'assistant',
      text: 'Hi, there',
      itemId: 'a1',
      responseId: 'r1',
    });
    const lines = probe
      .all('thread/realtime/item/completed')
      .map(({ item }) => item as Fields)
      .filter(({ type }) => type === 'transcriptSegment');
    expect(lines).toMatchObject([{ role: 'assistant', text: 'Hi, there' }]);
    expect(probe.all('thread/realtime/response/completed')).toMatchObject([
      { responseId: 'r1', status: 'completed', usage: { total: 1 } },
    ]);
  });

  test('user words that come after the answer, late or not at all, find their own line', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, server } = voice;
    const transcription = 'conversation.item.input_audio_transcription';
    server.send(
      { type: 'input_audio_buffer.speech_started', item_id: 'u1', audio_start_ms: 10 },
      { type: 'input_audio_buffer.speech_stopped', item_id: 'u1', audio_end_ms: 900 },
      { type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null },
      { type: 'response.output_text.delta', item_id: 'a1', response_id: 'r1', delta: 'Yes' },
      { type: `${transcription}.delta`, item_id: 'u1', content_index: 0, delta: 'is it' },
      { type: 'response.output_text.done', item_id: 'a1', response_id: 'r1', text: 'Yes.' },
      { type: `${transcription}.completed`, item_id: 'u1', content_index: 0, transcript: 'Is it?' },
      { type: 'input_audio_buffer.committed', item_id: 'u2', previous_item_id: 'a1' },
      { type: `${transcription}.failed`, item_id: 'u2', error: { message: 'too quiet' } },
    );
    await inFence(voice);

    expect(probe.all('thread/realtime/speech/started')).toMatchObject([
      { itemId: 'u1', audioStartMs: 10 },
    ]);
    expect(probe.all('thread/realtime/speech/stopped')).toMatchObject([
      { itemId: 'u1', audioEndMs: 900 },
    ]);
    expect(probe.all('thread/realtime/itemAdded')[0]).toMatchObject({
      item: { type: 'input_audio_buffer.speech_started', item_id: 'u1' },
    });
    expect(probe.all('thread/realtime/input/committed')).toMatchObject([
      { itemId: 'u1', previousItemId: null },
      { itemId: 'u2', previousItemId: 'a1' },
    ]);
    expect(probe.all('thread/realtime/transcript/done')).toMatchObject([
      { role: 'assistant', text: 'Yes.', itemId: 'a1' },
      { role: 'user', text: 'Is it?', itemId: 'u1' },
    ]);
    expect(probe.all('thread/realtime/transcript/failed')).toMatchObject([
      { itemId: 'u2', message: 'too quiet' },
    ]);
  });
});
