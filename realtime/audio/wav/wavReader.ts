import { decodeSamples, parseFormat, tagAt, type WavFormat, WavError } from './wav.ts';

/** Everything before the samples is small; a file that hides them behind more is no sound for us. */
const MAX_HEADER_BYTES = 64 * 1024;
const NOTHING = new Int16Array(0);

/**
 * Reads a WAV file as it comes, in pieces of any size. What its header claims of the length is not
 * believed: a server that makes the sound while it sends it cannot know. Throws `WavError`.
 */
export class WavReader {
  #pending: Uint8Array = new Uint8Array(0);
  #format: WavFormat | undefined;
  #inSamples = false;

  /** Known once samples have come. */
  get format(): Pick<WavFormat, 'sampleRateHz' | 'channels'> | undefined {
    return this.#inSamples ? this.#format : undefined;
  }

  /** The interleaved samples that these bytes complete. */
  push(bytes: Uint8Array): Int16Array {
    this.#pending = joined(this.#pending, bytes);
    if (!this.#inSamples && !this.#readHeader()) return NOTHING;
    const format = this.#format;
    if (format === undefined) return NOTHING;
    const whole = this.#pending.length - (this.#pending.length % format.bytesPerFrame);
    const samples = decodeSamples(viewOf(this.#pending.subarray(0, whole)), format);
    this.#pending = this.#pending.slice(whole);
    return samples;
  }

  /** True when the samples have begun. */
  #readHeader(): boolean {
    const view = viewOf(this.#pending);
    if (view.byteLength < 12) return false;
    if (tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') {
      throw new WavError('wavNotWav', 'This is not a WAV file.');
    }
    let offset = 12;
    while (offset + 8 <= view.byteLength) {
      const tag = tagAt(view, offset);
      const length = view.getUint32(offset + 4, true);
      const start = offset + 8;
      if (tag === 'data') {
        if (this.#format === undefined) {
          throw new WavError(
            'wavTruncated',
            'The WAV file does not say its format before its sound.',
          );
        }
        this.#pending = this.#pending.slice(start);
        this.#inSamples = true;
        return true;
      }
      if (start + length > MAX_HEADER_BYTES) {
        throw new WavError('wavUnsupported', 'The sound of the WAV file begins too late in it.');
      }
      if (start + length > view.byteLength) return false;
      if (tag === 'fmt ') {
        this.#format ??= parseFormat(viewOf(this.#pending.subarray(start, start + length)));
      }
      // Chunks begin at even offsets; the padding byte is not part of the length.
      offset = start + length + (length % 2);
    }
    return false;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function joined(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (before.length === 0) return after;
  const whole = new Uint8Array(before.length + after.length);
  whole.set(before);
  whole.set(after, before.length);
  return whole;
}
