import { decodePcm, mixDown, SAMPLE_RATE_HZ } from './pcm.ts';
import { isSupportedRate, Resampler, RESAMPLER_RATES_HZ } from './resampler.ts';

const MAX_CHUNK_BYTES = 1024 * 1024;
const MAX_CHANNELS = 8;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/u;

/** A chunk as a client sends it: base64 of interleaved PCM16 little-endian (realtime-v2 §6). */
export type InputAudioChunk = {
  readonly data: string;
  readonly sampleRate: number;
  readonly numChannels: number;
  readonly samplesPerChannel?: number | null | undefined;
};

export type InputAudioErrorCode =
  | 'empty'
  | 'oddLength'
  | 'notBase64'
  | 'tooLarge'
  | 'badRate'
  | 'badChannels'
  | 'lengthMismatch';

/**
 * `samples` is mono at 24 kHz and may be empty while the resampler gathers its first samples.
 * `base64` is the client's own text, present only when the chunk needed no conversion, so that it can
 * be passed on without encoding it again. `message` is one sentence for whoever sent the chunk.
 */
export type InputAudioResult =
  | { readonly ok: true; readonly samples: Int16Array; readonly base64?: string }
  | { readonly ok: false; readonly code: InputAudioErrorCode; readonly message: string };

/**
 * Turns the chunks of one voice session into mono 24 kHz PCM16. A refused chunk changes nothing.
 * Chunks of one rate are one continuous stream; another rate (a device was changed) begins afresh.
 */
export class InputNormaliser {
  #resampler: Resampler | undefined;
  #resamplerRateHz = 0;

  normalise(chunk: InputAudioChunk): InputAudioResult {
    const { data, sampleRate, numChannels } = chunk;
    if (!isSupportedRate(sampleRate)) {
      const { min, max } = RESAMPLER_RATES_HZ;
      return refuse(
        'badRate',
        `Audio sampleRate is ${sampleRate}; send a whole number from ${min} to ${max}.`,
      );
    }
    if (!Number.isInteger(numChannels) || numChannels < 1 || numChannels > MAX_CHANNELS) {
      return refuse(
        'badChannels',
        `Audio numChannels is ${numChannels}; send 1 to ${MAX_CHANNELS} channels.`,
      );
    }
    const bytes = decodedLength(data);
    const problem = checkData(data, bytes) ?? checkLength(chunk, bytes);
    if (problem !== undefined) return problem;

    const interleaved = decodePcm(data);
    if (sampleRate === SAMPLE_RATE_HZ) {
      // Whatever another rate left in its filter is over with.
      this.#resampler = undefined;
      return numChannels === 1
        ? { ok: true, samples: interleaved, base64: data }
        : { ok: true, samples: mixDown(interleaved, numChannels) };
    }
    const resampler = this.#resamplerFor(sampleRate);
    return { ok: true, samples: resampler.push(mixDown(interleaved, numChannels)) };
  }

  #resamplerFor(rateHz: number): Resampler {
    if (this.#resampler === undefined || this.#resamplerRateHz !== rateHz) {
      this.#resampler = new Resampler(rateHz, SAMPLE_RATE_HZ);
      this.#resamplerRateHz = rateHz;
    }
    return this.#resampler;
  }
}

function refuse(code: InputAudioErrorCode, message: string): InputAudioResult {
  return { ok: false, code, message };
}

/** Bytes that a well-formed base64 text stands for, without decoding it. */
function decodedLength(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

function checkData(data: string, bytes: number): InputAudioResult | undefined {
  if (data === '') return refuse('empty', 'Audio data is empty; send at least one sample.');
  if (bytes > MAX_CHUNK_BYTES) {
    return refuse(
      'tooLarge',
      `Audio data holds more than ${MAX_CHUNK_BYTES} bytes; send it in smaller chunks, 20 to 100 ms each.`,
    );
  }
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    return refuse(
      'notBase64',
      'Audio data is not valid base64; send PCM16 little-endian in standard base64 with padding.',
    );
  }
  return undefined;
}

function checkLength(chunk: InputAudioChunk, bytes: number): InputAudioResult | undefined {
  const { numChannels, samplesPerChannel } = chunk;
  const frameBytes = 2 * numChannels;
  if (bytes % frameBytes !== 0) {
    return refuse(
      'oddLength',
      `Audio data is ${bytes} bytes long, not a multiple of ${frameBytes} (16 bits for each of ${numChannels} channels).`,
    );
  }
  const frames = bytes / frameBytes;
  if (typeof samplesPerChannel === 'number' && samplesPerChannel !== frames) {
    return refuse(
      'lengthMismatch',
      `Audio samplesPerChannel is ${samplesPerChannel}, but the data holds ${frames} for each channel.`,
    );
  }
  return undefined;
}
