import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseWav, WavError, writeWav } from '../index.ts';

type Chunk = readonly [tag: string, body: Uint8Array, declaredBytes?: number];

function riff(chunks: readonly Chunk[], form = 'WAVE'): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(`RIFF\0\0\0\0${form}`, 'latin1')];
  for (const [tag, body, declared] of chunks) {
    const head = Buffer.alloc(8);
    head.write(tag, 'latin1');
    head.writeUInt32LE(declared ?? body.length, 4);
    parts.push(head, body);
    if (body.length % 2 === 1) parts.push(Uint8Array.of(0));
  }
  return Buffer.concat(parts);
}

function fmt(tag: number, bits: number, channels = 1, rateHz = 16_000): Chunk {
  const body = Buffer.alloc(16);
  body.writeUInt16LE(tag, 0);
  body.writeUInt16LE(channels, 2);
  body.writeUInt32LE(rateHz, 4);
  body.writeUInt16LE(bits, 14);
  return ['fmt ', body];
}

function extensible(subFormat: number, bits: number): Chunk {
  const body = Buffer.concat([fmt(0xfffe, bits)[1], Buffer.alloc(24)]);
  body.writeUInt16LE(22, 16);
  body.writeUInt16LE(subFormat, 24);
  return ['fmt ', body];
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const pcm16 = (...values: number[]): Uint8Array => new Uint8Array(Int16Array.from(values).buffer);

function problemWith(file: Uint8Array): WavError {
  try {
    parseWav(file);
  } catch (error) {
    if (error instanceof WavError) return error;
    throw error;
  }
  throw new Error('The file was taken');
}

function outcome(file: Uint8Array): 'sound' | 'WavError' | 'other error' {
  try {
    return parseWav(file).samples.length > 0 ? 'sound' : 'other error';
  } catch (error) {
    return error instanceof WavError ? 'WavError' : 'other error';
  }
}

test('what was written reads back the same', () => {
  const audio = { sampleRateHz: 24_000, channels: 2, samples: Int16Array.of(1, -2, 3, -4) };

  expect(parseWav(writeWav(audio))).toEqual(audio);
});

describe('sample formats', () => {
  test.for<{ name: string; format: Chunk; data: Uint8Array; samples: number[] }>([
    { name: '8 bit', format: fmt(1, 8), data: bytes(0, 128, 255), samples: [-32_768, 0, 32_512] },
    { name: '16 bit', format: fmt(1, 16), data: pcm16(-32_768, 7), samples: [-32_768, 7] },
    {
      name: '24 bit',
      format: fmt(1, 24),
      data: bytes(9, 2, 1, 9, 0, 0x80),
      samples: [258, -32_768],
    },
    { name: '32 bit', format: fmt(1, 32), data: bytes(9, 9, 2, 1), samples: [258] },
    {
      name: '32-bit float, with values no sound has',
      format: fmt(3, 32),
      data: new Uint8Array(Float32Array.of(0.5, -2, Number.NaN, Infinity).buffer),
      samples: [16_384, -32_768, 0, 32_767],
    },
    { name: 'extensible PCM', format: extensible(1, 16), data: pcm16(5), samples: [5] },
    {
      name: 'extensible float',
      format: extensible(3, 32),
      data: new Uint8Array(Float32Array.of(-0.5).buffer),
      samples: [-16_383],
    },
  ])('$name', ({ format, data, samples }) => {
    expect(parseWav(riff([format, ['data', data]]))).toEqual({
      sampleRateHz: 16_000,
      channels: 1,
      samples: Int16Array.from(samples),
    });
  });
});

describe('layout', () => {
  const samples = Int16Array.of(1, 2);
  const data: Chunk = ['data', pcm16(1, 2)];

  test.for<{ name: string; chunks: Chunk[] }>([
    { name: 'the sound before the format', chunks: [data, fmt(1, 16)] },
    {
      name: 'other chunks of odd length between',
      chunks: [['LIST', bytes(1, 2, 3)], fmt(1, 16), ['note', bytes(9)], data],
    },
    { name: 'a size of zero', chunks: [fmt(1, 16), ['data', pcm16(1, 2), 0]] },
    { name: 'the largest size', chunks: [fmt(1, 16), ['data', pcm16(1, 2), 0xffff_ffff]] },
    { name: 'a large even size', chunks: [fmt(1, 16), ['data', pcm16(1, 2), 0x7fff_ff00]] },
    { name: 'bytes after the end', chunks: [fmt(1, 16), data, ['junk', bytes(1), 99]] },
    { name: 'half a sample more', chunks: [fmt(1, 16), ['data', bytes(1, 0, 2, 0, 3)]] },
  ])('$name', ({ chunks }) => {
    expect(parseWav(riff(chunks)).samples).toEqual(samples);
  });

  test('a file that begins at an odd place of a larger buffer', () => {
    const file = riff([fmt(1, 16), data]);
    const shifted = new Uint8Array(file.length + 1);
    shifted.set(file, 1);

    expect(parseWav(shifted.subarray(1)).samples).toEqual(samples);
  });
});

describe('refused files', () => {
  const data: Chunk = ['data', pcm16(1, 2)];

  test.for<{ name: string; file: Uint8Array; code: string; says: string }>([
    { name: 'nothing', file: bytes(), code: 'wavNotWav', says: 'not a WAV file' },
    { name: 'text', file: Buffer.from('not a sound at all'), code: 'wavNotWav', says: 'not a WAV' },
    { name: 'another RIFF form', file: riff([], 'AVI '), code: 'wavNotWav', says: 'not a WAV' },
    { name: 'no format', file: riff([data]), code: 'wavTruncated', says: 'before its format' },
    {
      name: 'a format that breaks off',
      file: riff([['fmt ', bytes(1, 0)], data]),
      code: 'wavTruncated',
      says: 'inside its format',
    },
    {
      name: 'sound that breaks off',
      file: riff([fmt(1, 16), ['data', pcm16(1, 2), 10]]),
      code: 'wavTruncated',
      says: '6 bytes of its sound are missing',
    },
    { name: 'no sound', file: riff([fmt(1, 16)]), code: 'wavEmpty', says: 'no sound' },
    {
      name: 'an empty sound',
      file: riff([fmt(1, 16), ['data', bytes()]]),
      code: 'wavEmpty',
      says: 'no sound',
    },
    { name: 'mu-law', file: riff([fmt(7, 8), data]), code: 'wavUnsupported', says: 'mu-law' },
    {
      name: 'an unknown format',
      file: riff([fmt(0x1234, 16), data]),
      code: 'wavUnsupported',
      says: 'format 0x1234',
    },
    { name: '12 bits', file: riff([fmt(1, 12), data]), code: 'wavUnsupported', says: '12-bit' },
    { name: 'doubles', file: riff([fmt(3, 64), data]), code: 'wavUnsupported', says: '64-bit' },
    {
      name: 'no channels',
      file: riff([fmt(1, 16, 0), data]),
      code: 'wavUnsupported',
      says: '0 channels',
    },
    {
      name: 'no rate',
      file: riff([fmt(1, 16, 1, 0), data]),
      code: 'wavUnsupported',
      says: 'at 0 Hz',
    },
  ])('$name', ({ file, code, says }) => {
    const problem = problemWith(file);

    expect(problem.code).toBe(code);
    expect(problem.message).toContain(says);
  });
});

describe('whatever the bytes are, there is a sound or a WavError', () => {
  test('random bytes, with and without a good beginning', () => {
    const head = Buffer.from('RIFF\0\0\0\0WAVE', 'latin1');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (tail, good) => {
        expect(outcome(good ? Buffer.concat([head, tail]) : tail)).not.toBe('other error');
      }),
    );
  });

  test('a good file with bytes changed and cut anywhere', () => {
    const file = writeWav({ sampleRateHz: 8_000, channels: 1, samples: Int16Array.of(1, 2, 3) });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: file.length - 1 }), fc.nat({ max: 255 })), {
          maxLength: 6,
        }),
        fc.nat({ max: file.length }),
        (changes, length) => {
          const broken = file.slice(0, length);
          for (const [at, value] of changes) if (at < length) broken[at] = value;
          expect(outcome(broken)).not.toBe('other error');
        },
      ),
      { numRuns: 500 },
    );
  });
});
