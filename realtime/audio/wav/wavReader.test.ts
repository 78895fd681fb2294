import { describe, expect, test } from 'vitest';

import { WavError, WavReader, writeWav } from './index.ts';

const samples = Int16Array.from({ length: 500 }, (_, index) => index * 50 - 12_000);
const file = writeWav({ sampleRateHz: 22_050, channels: 2, samples });

function read(reader: WavReader, bytes: Uint8Array, size: number): readonly number[] {
  const all: number[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    all.push(...reader.push(bytes.subarray(start, start + size)));
  }
  return all;
}

const push = (bytes: Uint8Array) => (): Int16Array => new WavReader().push(bytes);

describe('a WAV file that comes in pieces', () => {
  test.each([1, 3, 44, 45, 10_000])('of %i bytes has the samples of the whole', (size) => {
    const reader = new WavReader();
    expect(reader.format).toBeUndefined();
    expect(read(reader, file, size)).toEqual(Array.from(samples));
    expect(reader.format).toMatchObject({ sampleRateHz: 22_050, channels: 2 });
  });

  test.each([0, 12, 0xffff_ffff])('has them also when it claims %i bytes', (claimed) => {
    const open = file.slice();
    new DataView(open.buffer).setUint32(40, claimed, true);
    expect(read(new WavReader(), open, 100)).toEqual(Array.from(samples));
  });

  test('is refused when it is none, hides its sound or has it before its format', () => {
    expect(push(new TextEncoder().encode('<!doctype html>'))).toThrow(WavError);
    const hidden = file.slice(0, 20);
    new DataView(hidden.buffer).setUint32(16, 1_000_000, true);
    expect(push(hidden)).toThrow('begins too late');
    expect(push(new Uint8Array([...file.slice(0, 12), ...file.slice(36)]))).toThrow('its format');
  });
});
