import { Buffer } from 'node:buffer';

import { describe, expect, test } from 'vitest';

import { concatPcm, measureLevel } from '../../audio/index.ts';
import { tone } from '../../audio/testing/index.ts';
import {
  decodeWholeSound,
  encodeWholeSound,
  type SoundFormat,
  soundFormat,
  SoundReader,
  SoundWriter,
} from './index.ts';
import { decodeSound } from './soundFormat.ts';

const g711: readonly SoundFormat[] = ['audio/pcmu', 'audio/pcma'];

/** How much louder a sound is than what another one differs from it by. */
function fidelityDb(sound: Int16Array, other: Int16Array): number {
  const difference = sound.map((sample, index) => sample - (other[index] ?? 0));
  return 20 * Math.log10(measureLevel(sound).rms / measureLevel(difference).rms);
}

function cut(samples: Int16Array, size: number): Int16Array[] {
  const count = Math.ceil(samples.length / size);
  return Array.from({ length: count }, (_, at) => samples.subarray(at * size, (at + 1) * size));
}

describe.for(g711)('%s', (format) => {
  const sound = tone(500, 1000);

  test('takes a byte for each 125 µs and keeps the sound', () => {
    const text = encodeWholeSound(sound, format);
    const back = decodeWholeSound(text, format);
    if (typeof back === 'string') throw new Error(back);

    expect(Buffer.from(text, 'base64')).toHaveLength(8000);
    expect(back).toHaveLength(sound.length);
    // Its edges ring at half the bandwidth.
    expect(fidelityDb(sound.subarray(2400, -2400), back.subarray(2400, -2400))).toBeGreaterThan(30);
  });

  test('is the same however it is cut', () => {
    const writer = new SoundWriter(format);
    const parts = [...cut(sound, 977).map((part) => writer.write(part)), writer.end()];
    const whole = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
    const samples = decodeSound(whole.toString('base64'), format);
    if (typeof samples === 'string') throw new Error(samples);
    const reader = new SoundReader();
    const read = concatPcm(cut(samples, 160).map((part) => reader.read(part, format)));

    expect(whole.toString('base64')).toBe(encodeWholeSound(sound, format));
    expect(read).toEqual(
      (decodeWholeSound(whole.toString('base64'), format) as Int16Array).subarray(0, read.length),
    );
  });

  test('is refused where it is broken, or more than two minutes at once', () => {
    expect(decodeSound('A', format)).toContain('not valid base64');
    expect(decodeSound('A'.repeat(1024 * 1024 * 2), format)).toContain('at most 1 MiB');
  });
});

test('PCM goes through as it is, after another format, too', () => {
  const reader = new SoundReader();
  reader.read(Int16Array.of(1, 2, 3), 'audio/pcmu');

  expect(reader.read(Int16Array.of(1, 2), 'audio/pcm')).toEqual(Int16Array.of(1, 2));
  expect(new SoundWriter('audio/pcm').end()).toBe('');
  expect(soundFormat({ type: 'audio/pcm', rate: 24_000 })).toBe('audio/pcm');
});
