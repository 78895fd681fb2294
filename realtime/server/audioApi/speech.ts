import { SAMPLE_RATE_HZ, samplesToMs, wavHeader } from '../../audio/index.ts';
import { readBody } from '../http/index.ts';
import { outputTokens } from '../state/index.ts';
import { type AnswerStream, EVENT_STREAM } from './answerStream.ts';
import type { AudioTask } from './audioTask.ts';
import { readSpeechRequest, type SpeechRequest } from './speechRequest.ts';

const MAX_BYTES = 256 * 1024;
/** The length of a file is not known when it begins. */
const OPEN_SIZE = 0xffff_ffff;

/** Answers `POST /v1/audio/speech`: sound as it is made. */
export const speak: AudioTask = async ({ voice, clock }, request, answer) => {
  const body = await readBody(request, MAX_BYTES, clock);
  if ('kind' in body) return body;
  const asked = readSpeechRequest(body.toString('utf8'), voice.voices);
  if (asked.kind === 'refused') return asked;
  const style = {
    voice: typeof asked.voice === 'string' ? asked.voice : undefined,
    speed: asked.speed,
  };
  const sound = voice.speak(asked.input, answer.gone, style)[Symbol.asyncIterator]();
  try {
    await send(sound, answer, asked);
  } finally {
    await sound.return?.();
  }
  return undefined;
};

async function send(
  sound: AsyncIterator<Int16Array>,
  answer: AnswerStream,
  asked: SpeechRequest,
): Promise<void> {
  // A voice that fails at once is an error, not a file without sound.
  const first = await sound.next();
  const writer = asked.stream_format === 'sse' ? eventWriter(answer) : fileWriter(answer, asked);
  if (asked.response_format === 'wav') await writer.write(wavHeader(SAMPLE_RATE_HZ, 1, OPEN_SIZE));
  let samples = 0;
  for (let piece = first; piece.done !== true; piece = await sound.next()) {
    samples += piece.value.length;
    await writer.write(bytesOf(piece.value));
  }
  await writer.end(asked, samples);
}

type SoundWriter = {
  write(bytes: Uint8Array): Promise<void>;
  end(asked: SpeechRequest, samples: number): Promise<void>;
};

function fileWriter(answer: AnswerStream, { response_format: format }: SpeechRequest): SoundWriter {
  answer.begin(format === 'wav' ? 'audio/wav' : `audio/pcm;rate=${SAMPLE_RATE_HZ}`);
  return {
    write: async (bytes) => answer.write(bytes),
    end: async () => {
      answer.end();
    },
  };
}

function eventWriter(answer: AnswerStream): SoundWriter {
  answer.begin(EVENT_STREAM);
  return {
    write: async (bytes) => {
      const audio = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      await answer.writeEvent({ type: 'speech.audio.delta', audio: audio.toString('base64') });
    },
    end: async ({ input }, samples) => {
      const input_tokens = outputTokens(input.length, 0);
      const output_tokens = outputTokens(0, samplesToMs(samples));
      const total_tokens = input_tokens + output_tokens;
      const usage = { input_tokens, output_tokens, total_tokens };
      await answer.writeEvent({ type: 'speech.audio.done', usage });
      answer.end();
    },
  };
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}
