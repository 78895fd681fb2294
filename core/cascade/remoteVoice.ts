import { msToSamples, type SpeechStyle, type SpeechVoice } from '../../realtime/audio/index.ts';
import type { Endpoint } from './endpoint.ts';
import { readable } from './readable.ts';
import { SoundDecoder } from './soundDecoder.ts';

const CHUNK_SAMPLES = msToSamples(40);
/** Several times what the longest sentence takes at the slowest pace. */
const MAX_SOUND_SECONDS = 120;

export type RemoteVoiceOptions = {
  readonly endpoint: Endpoint;
  readonly model: string;
  /** Who talks where nobody says so. */
  readonly voice: string | undefined;
  readonly format: 'pcm' | 'wav';
  /** Of sound that does not say its own rate. */
  readonly sampleRateHz: number;
};

/** A voice at a server's `/audio/speech`, heard as it comes. */
export function createRemoteVoice(options: RemoteVoiceOptions): SpeechVoice {
  return {
    voices: undefined,
    speak: (text, signal, style) => speak(options, text, signal, style),
    // It has nothing of its own: the connections are whoever's who made them.
    close: async () => undefined,
  };
}

async function* speak(
  { endpoint, model, voice: ownVoice, format, sampleRateHz }: RemoteVoiceOptions,
  text: string,
  signal: AbortSignal,
  { voice = ownVoice, speed = 1 }: SpeechStyle = {},
): AsyncIterable<Int16Array> {
  const input = readable(text);
  if (!/[\p{L}\p{N}]/u.test(input) || signal.aborted) return;
  const request = {
    model,
    input,
    response_format: format,
    ...(voice !== undefined && { voice }),
    ...(speed !== 1 && { speed }),
  };
  try {
    const exchange = await endpoint.open({
      path: '/audio/speech',
      contentType: 'application/json',
      body: JSON.stringify(request),
      signal,
    });
    try {
      let heardSamples = 0;
      const { response } = exchange;
      const decoder = new SoundDecoder(response.headers['content-type'], sampleRateHz);
      for await (const bytes of response.body) {
        const samples = decoder.push(bytes);
        if (samples.length === 0) continue;
        heardSamples += samples.length;
        if (heardSamples > msToSamples(MAX_SOUND_SECONDS * 1_000)) throw new Error(ENDLESS);
        exchange.begun();
        yield* chunksOf(samples);
      }
      const last = decoder.end();
      if (heardSamples === 0 && last.length === 0) throw new Error('the answer has no sound in it');
      yield* chunksOf(last);
      response.release();
    } catch (error) {
      throw exchange.fault(error);
    } finally {
      exchange.close();
    }
  } catch (error) {
    // Nobody listens any more.
    if (!signal.aborted) throw error;
  }
}

const ENDLESS = `the sound of one sentence goes on after ${MAX_SOUND_SECONDS} seconds`;

function* chunksOf(samples: Int16Array): Iterable<Int16Array> {
  for (let start = 0; start < samples.length; start += CHUNK_SAMPLES) {
    yield samples.subarray(start, start + CHUNK_SAMPLES);
  }
}
