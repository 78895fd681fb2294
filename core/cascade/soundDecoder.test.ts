import { describe, expect, test } from 'vitest';

import { samplesToMs, writeWav } from '../../realtime/audio/index.ts';
import { tone } from '../../realtime/audio/testing/index.ts';
import { SoundDecoder } from './soundDecoder.ts';

const bytesOf = (samples: Int16Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

function decode(decoder: SoundDecoder, bytes: Uint8Array, size: number): readonly number[] {
  const samples: number[] = [];
  for (let start = 0; start < bytes.length; start += size) {
    samples.push(...decoder.push(bytes.subarray(start, start + size)));
  }
  return [...samples, ...decoder.end()];
}

const sound = tone(440, 100);

describe('sound of a server', () => {
  test.each([1, 7, 4_800])('as samples, %i bytes at a time, is what it was', (size) => {
    const decoder = new SoundDecoder('audio/pcm', 24_000);
    expect(decode(decoder, bytesOf(sound), size)).toEqual(Array.from(sound));
  });

  test('is WAV whatever it is called, and has the rate that it says itself', () => {
    const wav = writeWav({ sampleRateHz: 24_000, channels: 1, samples: sound });
    expect(decode(new SoundDecoder('audio/pcm', 16_000), wav, 11)).toEqual(Array.from(sound));

    const slow = tone(440, 100, 0.5, 16_000);
    const stereo = Int16Array.from({ length: slow.length * 2 }, (_, i) => slow[i >> 1] ?? 0);
    const file = writeWav({ sampleRateHz: 16_000, channels: 2, samples: stereo });
    const samples = decode(new SoundDecoder('application/octet-stream', 24_000), file, 100);
    expect(samplesToMs(samples.length)).toBe(100);
  });

  test.each([
    ['audio/pcm;rate=16000', 24_000],
    ['audio/pcm; rate=1', 16_000],
    [undefined, 16_000],
  ])('has the rate of its media type %s, else the one that is set', (type, set) => {
    const samples = decode(new SoundDecoder(type, set), bytesOf(tone(440, 100, 0.5, 16_000)), 999);
    expect(samplesToMs(samples.length)).toBe(100);
  });

  test('of a few bytes, or of half a sample at the end, does no harm', () => {
    expect(decode(new SoundDecoder('audio/pcm', 24_000), new Uint8Array([1, 0, 2]), 1)).toEqual([
      1,
    ]);
    expect(decode(new SoundDecoder('audio/wav', 24_000), new Uint8Array(0), 1)).toEqual([]);
  });

  test.each([
    ['audio/mpeg', new Uint8Array(20), 'the sound is MP3; set format = "wav" or "pcm"'],
    ['audio/wav', new TextEncoder().encode('OggS and more of it'), 'the sound is Ogg'],
    ['application/json; charset=utf-8', new Uint8Array(20), 'is application/json, not sound'],
  ])('that is %s with something else in it is refused in words', (type, bytes, words) => {
    expect(() => decode(new SoundDecoder(type, 24_000), bytes, 20)).toThrow(words);
  });
});
