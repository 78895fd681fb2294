import { describe, expect, test } from 'vitest';

import { messageAnswer } from '../../model/testing/index.ts';
import {
  type Frame,
  functionCall,
  inFence,
  outFence,
  startTestEngine,
  TRANSPORTS,
  voiceOver,
} from '../../testing/index.ts';

type Fields = Readonly<Record<string, unknown>>;

const hello = [[{ events: messageAnswer('Hello') }]];

/** Samples of silence, base64. */
const sound = (samples: number): string => Buffer.alloc(samples * 2).toString('base64');

const outputs = (frames: readonly Frame[]): readonly (readonly [unknown, unknown])[] =>
  frames.flatMap(({ item }) => {
    const { type, call_id: callId, output } = (item ?? {}) as Fields;
    return type === 'function_call_output' ? [[callId, output] as const] : [];
  });

const audio = { data: 'AQA=', sampleRate: 24_000, numChannels: 1 };

/** Two seconds of sound that tell themselves apart. */
function chunk(n: number): string {
  const bytes = Buffer.alloc(96_000);
  bytes.writeUInt16LE(n);
  return bytes.toString('base64');
}

describe.each(TRANSPORTS)('over %s', (transport) => {
  const { startVoice } = voiceOver(transport);

  test('a stalled link costs the oldest sound, counted, and the freshest arrives', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    server.stall();
    for (let n = 0; n < 400; n += 1) {
      const data = chunk(n);
      await probe.call('thread/realtime/appendAudio', {
        threadId,
        audio: { data, sampleRate: 24_000, numChannels: 1 },
      });
    }
    server.resume();
    const { message } = await probe.notification('thread/realtime/warning');
    await server.until((frame) => frame['audio'] === chunk(399));

    const arrived = server.of('input_audio_buffer.append');
    const dropped = Number(/(\d+) pieces/u.exec(String(message))?.[1]);
    expect(dropped).toBeGreaterThan(0);
    expect(arrived.length + dropped).toBe(400);
  });

  test('stereo at 48 kHz reaches the server as mono at 24 kHz', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const { probe, threadId, server } = voice;
    for (let n = 0; n < 10; n += 1) {
      await probe.call('thread/realtime/appendAudio', {
        threadId,
        audio: { data: sound(9_600), sampleRate: 48_000, numChannels: 2 },
      });
    }
    await outFence(voice);

    const bytes = server
      .of('input_audio_buffer.append')
      .reduce((sum, { audio: data }) => sum + Buffer.from(String(data), 'base64').length, 0);
    // A second of it, less what the resampler still holds.
    expect(bytes / 2).toBeGreaterThan(23_500);
    expect(bytes / 2).toBeLessThanOrEqual(24_000);
  });

  test('small frames behind each other do not wait for an acknowledgement', async () => {
    await using bench = await startTestEngine({ scripts: hello });
    const voice = await startVoice(bench);
    const tookMs: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      voice.server.send(functionCall(`call_${n}`, 'no_such_tool', '{}'));
      await voice.server.until(() => outputs(voice.server.frames).length > n);
      const fromMs = performance.now();
      await voice.server.frame('response.create', n + 1);
      tookMs.push(performance.now() - fromMs);
      voice.server.send(
        { type: 'response.created', response: { id: `r${n}` } },
        { type: 'response.done', response: { id: `r${n}` } },
      );
      await inFence(voice);
    }

    // The peer's second frame comes 40 ms after the first, every time.
    expect(Math.min(...tookMs)).toBeLessThan(20);
  });

  test('a message of 17 MiB is one message', async () => {
    await using bench = await startTestEngine();
    const voice = await startVoice(bench);
    const text = 'x'.repeat(17 * 1024 * 1024);
    voice.server.send({ type: 'response.output_text.done', item_id: 'a', text });
    await inFence(voice);

    const [told] = voice.probe.all('thread/realtime/transcript/done');
    expect(String(told?.['text'])).toHaveLength(text.length);
    await voice.probe.call('thread/realtime/appendAudio', { threadId: voice.threadId, audio });
    await voice.server.frame('input_audio_buffer.append');
  });
});
