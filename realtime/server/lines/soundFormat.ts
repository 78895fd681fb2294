// oxlint-disable-next-line typescript/triple-slash-reference -- declarations of a module cannot be imported
/// <reference path="./alawmulaw.d.ts" />
import { Buffer } from 'node:buffer';

import * as alaw from 'alawmulaw/lib/alaw.js';
import * as mulaw from 'alawmulaw/lib/mulaw.js';

import { concatPcm, encodePcm, Resampler, SAMPLE_RATE_HZ } from '../../audio/index.ts';

/** How sound is written in events: 16 bit at 24 kHz, or G.711, 8 bit at 8 kHz (realtime-v2 §21.2). */
export type SoundFormat = 'audio/pcm' | 'audio/pcmu' | 'audio/pcma';

const G711_RATE_HZ = 8000;
const G711 = { 'audio/pcmu': mulaw, 'audio/pcma': alaw } as const;

/** Largest sound one event may carry, in bytes after decoding (realtime-v2 §21.3). */
const MAX_BYTES = 15 * 1024 * 1024;
/** Two minutes; what has to be brought to another rate is worked on while others wait. */
const MAX_G711_BYTES = 1024 * 1024;

/** The format of a session's setting, which is one of the three by its schema. */
export function soundFormat(format: Readonly<Record<string, unknown>>): SoundFormat {
  const { type } = format;
  return type === 'audio/pcmu' || type === 'audio/pcma' ? type : 'audio/pcm';
}

/**
 * The samples of base64 in their own rate; a string tells what is wrong with it. `charactersBefore` came in
 * the same event.
 */
export function decodeSound(
  audio: string,
  format: SoundFormat,
  charactersBefore = 0,
): Int16Array | string {
  const maxBytes = format === 'audio/pcm' ? MAX_BYTES : MAX_G711_BYTES;
  if (charactersBefore + audio.length > Math.ceil(maxBytes / 3) * 4) {
    return `The audio is too large: one event may carry at most ${maxBytes / 1024 / 1024} MiB.`;
  }
  const bytes = Buffer.from(audio, 'base64');
  // The decoder skips what it does not know, so a wrong character shows as missing bytes.
  const padding = audio.endsWith('==') ? 2 : audio.endsWith('=') ? 1 : 0;
  if (audio.length % 4 !== 0 || bytes.length !== (audio.length / 4) * 3 - padding) {
    return 'The audio is not valid base64.';
  }
  if (format !== 'audio/pcm') return G711[format].decode(bytes);
  if (bytes.length % 2 !== 0) {
    return 'The audio must be 16-bit PCM: its length in bytes is odd.';
  }
  // Small buffers share one pool, where they may begin at an odd byte.
  return bytes.byteOffset % 2 === 0
    ? new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)
    : new Int16Array(Uint8Array.from(bytes).buffer);
}

/** The same as a whole, at the rate of a session. */
export function decodeWholeSound(
  audio: string,
  format: SoundFormat,
  charactersBefore = 0,
): Int16Array | string {
  const samples = decodeSound(audio, format, charactersBefore);
  if (typeof samples === 'string' || format === 'audio/pcm') return samples;
  const resampler = new Resampler(G711_RATE_HZ, SAMPLE_RATE_HZ);
  return concatPcm([resampler.push(samples), resampler.flush()]);
}

/** Brings what comes in bit by bit to the rate of a session. */
export class SoundReader {
  #resampler: Resampler | undefined;

  read(samples: Int16Array, format: SoundFormat): Int16Array {
    if (format === 'audio/pcm') {
      // Whatever another format left in the filter is over with.
      this.#resampler = undefined;
      return samples;
    }
    this.#resampler ??= new Resampler(G711_RATE_HZ, SAMPLE_RATE_HZ);
    return this.#resampler.push(samples);
  }
}

/** Writes sound of a session in a format, bit by bit, as base64. */
export class SoundWriter {
  readonly #format: SoundFormat;
  readonly #resampler: Resampler | undefined;

  constructor(format: SoundFormat) {
    this.#format = format;
    this.#resampler =
      format === 'audio/pcm' ? undefined : new Resampler(SAMPLE_RATE_HZ, G711_RATE_HZ);
  }

  /** May be empty while the filter gathers its first samples. */
  write(samples: Int16Array): string {
    return this.#encode(this.#resampler?.push(samples) ?? samples);
  }

  /** What the filter held back. */
  end(): string {
    return this.#encode(this.#resampler?.flush() ?? new Int16Array());
  }

  #encode(samples: Int16Array): string {
    if (this.#format === 'audio/pcm') return encodePcm(samples);
    return Buffer.from(G711[this.#format].encode(samples)).toString('base64');
  }
}

/** The whole of a sound in a format, as base64. */
export function encodeWholeSound(samples: Int16Array, format: SoundFormat): string {
  if (format === 'audio/pcm') return encodePcm(samples);
  const resampler = new Resampler(SAMPLE_RATE_HZ, G711_RATE_HZ);
  const whole = concatPcm([resampler.push(samples), resampler.flush()]);
  return Buffer.from(G711[format].encode(whole)).toString('base64');
}
