import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import { delegation, startTestEngine, TRANSPORTS, voiceOver } from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hello = [[{ events: messageAnswer('Hello') }]];

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('words that come late find their own line, and nothing is doubled', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    const transcription = 'conversation.item.input_audio_transcription';
    voice.server.send(
      { type: 'input_audio_buffer.committed', item_id: 'u1', previous_item_id: null },
      { type: `${transcription}.delta`, item_id: 'u1', content_index: 0, delta: 'u' },
      {
        type: 'conversation.item.added',
        previous_item_id: 'u1',
        item: { id: 'a1', type: 'message', role: 'assistant' },
      },
      { type: 'response.output_audio_transcript.delta', item_id: 'a1', delta: 'Yes' },
      { type: `${transcription}.delta`, item_id: 'u1', content_index: 0, delta: '2' },
      { type: 'response.output_audio_transcript.done', item_id: 'a1', transcript: 'Yes.' },
      {
        type: `${transcription}.completed`,
        item_id: 'u1',
        content_index: 0,
        transcript: 'u2 final',
      },
      delegation('call_1', 'do it'),
    );
    await voice.server.frame('response.create');

    const [request] = bench.upstream.requests;
    expect(JSON.stringify(request?.body)).toContain(
      JSON.stringify('<transcript_delta>user: u2 final\nassistant: Yes.\nuser: do it<').slice(
        1,
        -1,
      ),
    );
  });

  test('nothing of other threads, of the home folder or of the machine goes along', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const other = await startVoice(bench);
    await other.probe.turn(other.threadId, 'a secret of another thread');
    await other.probe.notification('turn/completed');
    const { server } = await startVoice(bench, { outputModality: 'audio', prompt: null });

    expect((server.frames[0]?.['session'] as Fields | undefined)?.['instructions']).toBe('');
  });

  test('the prompt of the request wins over the configured one', async () => {
    await using bench = await startTestEngine({
      config: 'experimental_realtime_ws_backend_prompt = "configured"',
    });
    const asked = await startVoice(bench, { outputModality: 'audio', prompt: 'asked' });
    const none = await startVoice(bench, { outputModality: 'audio', prompt: '' });

    expect(asked.server.frames[0]?.['session']).toMatchObject({ instructions: 'asked' });
    expect(none.server.frames[0]?.['session']).toMatchObject({ instructions: '' });
  });
});
