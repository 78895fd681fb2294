import { assertNever, ProductError } from '../../../core/base/index.ts';
import { clampToInt16 } from '../pcm.ts';

export type WavErrorCode = 'wavNotWav' | 'wavUnsupported' | 'wavTruncated' | 'wavEmpty';

/** The bytes are not a WAV file that can be played; the message is one sentence for a person. */
export class WavError extends ProductError {
  readonly code: WavErrorCode;
  readonly retryable = false;

  constructor(code: WavErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Interleaved PCM16, whatever the file held. */
export type WavAudio = {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly samples: Int16Array;
};

const HEADER_BYTES = 44;
const FORMAT_BYTES = 16;
const EXTENSIBLE_BYTES = 40;
/** A writer that could not go back to fill in the size left zero, or about the most a field holds. */
const STREAMED_FROM_BYTES = 0x7fff_0000;

const FORMAT = { pcm: 1, float: 3, extensible: 0xfffe } as const;
const COMPRESSED_FORMATS: Readonly<Record<number, string>> = {
  0x0002: 'Microsoft ADPCM',
  0x0006: 'A-law',
  0x0007: 'mu-law',
  0x0011: 'IMA ADPCM',
  0x0031: 'GSM 6.10',
  0x0050: 'MPEG',
  0x0055: 'MP3',
  0x00ff: 'AAC',
  0x0161: 'Windows Media Audio',
};

type Encoding =
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 24 | 32 }
  | { readonly kind: 'float' };
/** How the samples of a file are written. */
export type WavFormat = {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly encoding: Encoding;
  readonly bytesPerFrame: number;
};
type Chunks = {
  format: DataView | undefined;
  data: { readonly view: DataView; readonly missingBytes: number } | undefined;
};

/**
 * Reads a WAV file: PCM of 8, 16, 24 or 32 bits or 32-bit float, plain or extensible, chunks in any
 * order, sizes left open by a streaming writer. Throws `WavError`, whatever the bytes are.
 */
export function parseWav(bytes: Uint8Array): WavAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 12 || tagAt(view, 0) !== 'RIFF' || tagAt(view, 8) !== 'WAVE') {
    throw new WavError('wavNotWav', 'This is not a WAV file.');
  }
  const chunks = findChunks(view);
  if (chunks.format === undefined) {
    throw new WavError('wavTruncated', 'The WAV file ends before its format is given.');
  }
  const format = parseFormat(chunks.format);
  if (chunks.data === undefined) throw new WavError('wavEmpty', 'The WAV file holds no sound.');
  if (chunks.data.missingBytes > 0) {
    throw new WavError(
      'wavTruncated',
      `The WAV file is cut off: ${chunks.data.missingBytes} bytes of its sound are missing.`,
    );
  }
  const samples = decodeSamples(chunks.data.view, format);
  if (samples.length === 0) throw new WavError('wavEmpty', 'The WAV file holds no sound.');
  return { sampleRateHz: format.sampleRateHz, channels: format.channels, samples };
}

/** A complete 16-bit PCM file. */
export function writeWav(audio: WavAudio): Uint8Array {
  const { samples } = audio;
  const file = new Uint8Array(HEADER_BYTES + samples.byteLength);
  file.set(wavHeader(audio.sampleRateHz, audio.channels, samples.byteLength));
  file.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), HEADER_BYTES);
  return file;
}

/** The 44 bytes before the samples of a 16-bit PCM file. */
export function wavHeader(sampleRateHz: number, channels: number, dataBytes: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  const bytesPerFrame = channels * 2;
  setTag(view, 0, 'RIFF');
  // Saturating keeps the open size of a stream open.
  view.setUint32(4, Math.min(0xffff_ffff, dataBytes + HEADER_BYTES - 8), true);
  setTag(view, 8, 'WAVE');
  setTag(view, 12, 'fmt ');
  view.setUint32(16, FORMAT_BYTES, true);
  view.setUint16(20, FORMAT.pcm, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * bytesPerFrame, true);
  view.setUint16(32, bytesPerFrame, true);
  view.setUint16(34, 16, true);
  setTag(view, 36, 'data');
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}

function findChunks(view: DataView): Chunks {
  const chunks: Chunks = { format: undefined, data: undefined };
  let offset = 12;
  while (offset + 8 <= view.byteLength) {
    const tag = tagAt(view, offset);
    const declared = view.getUint32(offset + 4, true);
    const start = offset + 8;
    const available = view.byteLength - start;
    const streamed = tag === 'data' && (declared === 0 || declared >= STREAMED_FROM_BYTES);
    const length = streamed ? available : Math.min(declared, available);
    const chunk = new DataView(view.buffer, view.byteOffset + start, length);
    if (tag === 'fmt ') chunks.format ??= chunk;
    if (tag === 'data') {
      const missingBytes = streamed ? 0 : Math.max(0, declared - available);
      chunks.data ??= { view: chunk, missingBytes };
    }
    // Chunks begin at even offsets; the padding byte is not part of the length.
    offset = start + length + (length % 2);
  }
  return chunks;
}

export function parseFormat(view: DataView): WavFormat {
  if (view.byteLength < FORMAT_BYTES) {
    throw new WavError('wavTruncated', 'The WAV file ends inside its format.');
  }
  const channels = view.getUint16(2, true);
  const sampleRateHz = view.getUint32(4, true);
  if (channels === 0 || sampleRateHz === 0) {
    throw new WavError(
      'wavUnsupported',
      `The WAV file claims ${channels} channels at ${sampleRateHz} Hz, which cannot be played.`,
    );
  }
  const encoding = parseEncoding(view);
  return { sampleRateHz, channels, encoding, bytesPerFrame: channels * sampleBytes(encoding) };
}

function parseEncoding(view: DataView): Encoding {
  const tag = view.getUint16(0, true);
  // An extensible format keeps the real tag in the first two bytes of its sub-format.
  const extended = tag === FORMAT.extensible && view.byteLength >= EXTENSIBLE_BYTES;
  const format = extended ? view.getUint16(24, true) : tag;
  const bits = view.getUint16(14, true);
  if (format === FORMAT.float && bits === 32) return { kind: 'float' };
  if (format === FORMAT.pcm && (bits === 8 || bits === 16 || bits === 24 || bits === 32)) {
    return { kind: 'integer', bits };
  }
  if (format === FORMAT.pcm || format === FORMAT.float) {
    const kind = format === FORMAT.pcm ? 'integer' : 'floating-point';
    throw new WavError(
      'wavUnsupported',
      `The WAV file has ${bits}-bit ${kind} samples; 8, 16, 24 or 32-bit PCM or 32-bit float can be read.`,
    );
  }
  const name = COMPRESSED_FORMATS[format] ?? `format 0x${format.toString(16).padStart(4, '0')}`;
  throw new WavError(
    'wavUnsupported',
    `The WAV file is compressed (${name}); convert it to 16-bit PCM first.`,
  );
}

const sampleBytes = (encoding: Encoding): number =>
  encoding.kind === 'float' ? 4 : encoding.bits / 8;

export function decodeSamples(
  view: DataView,
  { encoding, channels }: Pick<WavFormat, 'encoding' | 'channels'>,
): Int16Array {
  const bytesPerSample = sampleBytes(encoding);
  // Half a frame at the end of a stream that was cut off is dropped.
  const count = Math.floor(view.byteLength / (bytesPerSample * channels)) * channels;
  const samples = new Int16Array(count);
  if (encoding.kind === 'integer' && encoding.bits === 16) {
    // Half a second for the longest file one by one; at once it is nothing.
    const bytes = new Uint8Array(view.buffer, view.byteOffset, samples.byteLength);
    new Uint8Array(samples.buffer).set(bytes);
    return samples;
  }
  const read = sampleReader(view, encoding);
  for (let index = 0; index < count; index += 1) samples[index] = read(index * bytesPerSample);
  return samples;
}

function sampleReader(view: DataView, encoding: Encoding): (offset: number) => number {
  if (encoding.kind === 'float') {
    return (offset) => {
      const value = view.getFloat32(offset, true);
      return Number.isNaN(value) ? 0 : clampToInt16(value * 32_767);
    };
  }
  switch (encoding.bits) {
    case 8:
      // The one unsigned width of the format.
      return (offset) => (view.getUint8(offset) - 128) * 256;
    case 16:
      return (offset) => view.getInt16(offset, true);
    case 24:
      return (offset) => view.getInt16(offset + 1, true);
    case 32:
      return (offset) => view.getInt16(offset + 2, true);
    default:
      return assertNever(encoding.bits, 'sample width');
  }
}

export function tagAt(view: DataView, offset: number): string {
  let tag = '';
  for (let index = 0; index < 4; index += 1) {
    tag += String.fromCharCode(view.getUint8(offset + index));
  }
  return tag;
}

function setTag(view: DataView, offset: number, tag: string): void {
  for (let index = 0; index < tag.length; index += 1) {
    view.setUint8(offset + index, tag.charCodeAt(index));
  }
}
