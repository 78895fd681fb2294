import { describe, expect, test } from 'vitest';

import { concatPcm, encodePcm, InputNormaliser, Resampler } from './index.ts';
import { tone } from './testing/index.ts';

const good = { data: encodePcm(Int16Array.of(1, 2, 3, 4)), sampleRate: 24_000, numChannels: 1 };

function samplesOf(result: ReturnType<InputNormaliser['normalise']>): Int16Array {
  if (!result.ok) throw new Error(result.message);
  return result.samples;
}

describe('refused chunks', () => {
  test.for<{ name: string; chunk: object; code: string; says: string }>([
    { name: 'no data', chunk: { data: '' }, code: 'empty', says: 'is empty' },
    { name: 'other characters', chunk: { data: 'AA*A' }, code: 'notBase64', says: 'not valid' },
    { name: 'a line break', chunk: { data: 'AAAA\n' }, code: 'notBase64', says: 'not valid' },
    { name: 'missing padding', chunk: { data: 'AAA' }, code: 'notBase64', says: 'with padding' },
    { name: 'padding inside', chunk: { data: 'AA==AAAA' }, code: 'notBase64', says: 'not valid' },
    { name: 'the web alphabet', chunk: { data: 'AA-_' }, code: 'notBase64', says: 'standard' },
    { name: 'half a sample', chunk: { data: 'AAAA' }, code: 'oddLength', says: '3 bytes long' },
    {
      name: 'half a stereo frame',
      chunk: { data: encodePcm(Int16Array.of(1, 2, 3)), numChannels: 2 },
      code: 'oddLength',
      says: 'multiple of 4',
    },
    {
      name: 'more than a mebibyte',
      chunk: { data: encodePcm(new Int16Array(512 * 1024 + 1)) },
      code: 'tooLarge',
      says: 'smaller chunks',
    },
    { name: 'a rate of zero', chunk: { sampleRate: 0 }, code: 'badRate', says: 'sampleRate is 0' },
    { name: 'a broken rate', chunk: { sampleRate: 24_000.5 }, code: 'badRate', says: '24000.5' },
    { name: 'no channel', chunk: { numChannels: 0 }, code: 'badChannels', says: 'numChannels' },
    { name: 'nine channels', chunk: { numChannels: 9 }, code: 'badChannels', says: '1 to 8' },
    {
      name: 'another length than promised',
      chunk: { samplesPerChannel: 5 },
      code: 'lengthMismatch',
      says: 'samplesPerChannel is 5, but the data holds 4',
    },
  ])('$name', ({ chunk, code, says }) => {
    const result = new InputNormaliser().normalise({ ...good, ...chunk });

    expect(result).toMatchObject({ ok: false, code });
    expect(result.ok ? '' : result.message).toContain(says);
  });
});

test('24 kHz mono passes through with the very text the client sent', () => {
  const result = new InputNormaliser().normalise({ ...good, samplesPerChannel: 4 });

  expect(result).toEqual({ ok: true, samples: Int16Array.of(1, 2, 3, 4), base64: good.data });
});

test('an absent or null samplesPerChannel is not checked', () => {
  const normaliser = new InputNormaliser();

  expect(normaliser.normalise({ ...good, samplesPerChannel: null }).ok).toBe(true);
  expect(normaliser.normalise({ ...good, samplesPerChannel: undefined }).ok).toBe(true);
});

test('a full mebibyte is taken', () => {
  const data = encodePcm(new Int16Array(512 * 1024));

  expect(new InputNormaliser().normalise({ ...good, data }).ok).toBe(true);
});

test('24 kHz stereo is mixed down and has no text to pass on', () => {
  const result = new InputNormaliser().normalise({ ...good, numChannels: 2 });

  expect(result).toEqual({ ok: true, samples: Int16Array.of(2, 4) });
});

test('chunks of another rate make one continuous stream', () => {
  const input = tone(440, 200, 0.5, 48_000);
  const normaliser = new InputNormaliser();
  const parts: Int16Array[] = [];
  for (let start = 0; start < input.length; start += 960) {
    const data = encodePcm(input.subarray(start, start + 960));
    parts.push(samplesOf(normaliser.normalise({ data, sampleRate: 48_000, numChannels: 1 })));
  }

  expect(concatPcm(parts)).toEqual(new Resampler(48_000, 24_000).push(input));
});

test('a refused chunk leaves no mark on the stream', () => {
  const input = tone(440, 40, 0.5, 48_000);
  const chunks = [input.subarray(0, 960), input.subarray(960)].map((part) => ({
    data: encodePcm(part),
    sampleRate: 48_000,
    numChannels: 1,
  }));
  const normaliser = new InputNormaliser();

  const parts = chunks.map((chunk) => {
    normaliser.normalise({ ...chunk, data: '!!!!' });
    return samplesOf(normaliser.normalise(chunk));
  });

  expect(concatPcm(parts)).toEqual(new Resampler(48_000, 24_000).push(input));
});

test('coming back to a rate begins afresh instead of replaying old sound', () => {
  const loud = { data: encodePcm(new Int16Array(960).fill(9_000)), sampleRate: 48_000 };
  const quiet = { data: encodePcm(new Int16Array(960)), sampleRate: 48_000 };
  const normaliser = new InputNormaliser();
  normaliser.normalise({ ...loud, numChannels: 1 });
  normaliser.normalise(good);

  const samples = samplesOf(normaliser.normalise({ ...quiet, numChannels: 1 }));

  expect(samples.every((sample) => sample === 0)).toBe(true);
});
