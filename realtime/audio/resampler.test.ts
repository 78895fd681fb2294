import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { concatPcm, isSupportedRate, Resampler, SAMPLE_RATE_HZ } from './index.ts';
import { tone, toneLevel } from './testing/index.ts';

function convert(samples: Int16Array, fromHz: number, toHz: number): Int16Array {
  const resampler = new Resampler(fromHz, toHz);
  return concatPcm([resampler.push(samples), resampler.flush()]);
}

/** Away from the edges, where the sound meets the silence around it. */
function middle(samples: Int16Array): Int16Array {
  return samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4));
}

const decibels = (ratio: number): number => 20 * Math.log10(ratio);

describe.for([8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 44_101, 48_000, 96_000, 192_000])(
  'between %i Hz and 24 kHz',
  (rateHz) => {
    test.for([300, 1_000, 3_000])('a tone of %i Hz keeps its frequency and level', (toneHz) => {
      const there = middle(convert(tone(toneHz, 400, 0.5, rateHz), rateHz, SAMPLE_RATE_HZ));
      const back = middle(convert(tone(toneHz, 400), SAMPLE_RATE_HZ, rateHz));

      expect(Math.abs(decibels(toneLevel(there, toneHz) / 0.5))).toBeLessThan(1);
      expect(Math.abs(decibels(toneLevel(back, toneHz, rateHz) / 0.5))).toBeLessThan(1);
    });

    test('the length is right within one sample', () => {
      for (const durationMs of [1, 20, 333]) {
        const samples = tone(440, durationMs, 0.5, rateHz);
        const expected = (samples.length * SAMPLE_RATE_HZ) / rateHz;

        expect(Math.abs(convert(samples, rateHz, SAMPLE_RATE_HZ).length - expected)).toBeLessThan(
          1,
        );
      }
    });
  },
);

test('how the input is cut into chunks does not change one byte', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(8_000, 16_000, 44_100, 44_101, 48_000),
      fc.int16Array({ maxLength: 900 }),
      fc.array(fc.nat({ max: 200 }), { maxLength: 12 }),
      (rateHz, samples, sizes) => {
        const resampler = new Resampler(rateHz, SAMPLE_RATE_HZ);
        const parts: Int16Array[] = [];
        let start = 0;
        for (const size of sizes) {
          parts.push(resampler.push(samples.subarray(start, start + size)));
          start += size;
        }
        parts.push(resampler.push(samples.subarray(start)), resampler.flush());

        expect(concatPcm(parts)).toEqual(convert(samples, rateHz, SAMPLE_RATE_HZ));
      },
    ),
  );
});

test('what lies above the new Nyquist frequency does not fold back into the voice', () => {
  const folded = middle(convert(tone(22_000, 400, 0.5, 48_000), 48_000, SAMPLE_RATE_HZ));

  expect(decibels(toneLevel(folded, 2_000) / 0.5)).toBeLessThan(-70);
});

test('the output lines up with the input in time', () => {
  const click = new Int16Array(4_800);
  click[2_400] = 20_000;

  const output = convert(click, 48_000, SAMPLE_RATE_HZ);

  expect(output.indexOf(Math.max(...output))).toBe(1_200);
});

test('after a flush nothing of the stream before is left', () => {
  const resampler = new Resampler(16_000, SAMPLE_RATE_HZ);
  resampler.push(tone(440, 50, 0.9, 16_000));
  resampler.flush();
  const samples = tone(1_000, 50, 0.5, 16_000);

  const again = concatPcm([resampler.push(samples), resampler.flush()]);

  expect(again).toEqual(convert(samples, 16_000, SAMPLE_RATE_HZ));
});

test('the same rate on both sides passes samples through', () => {
  const samples = Int16Array.of(1, -2, 3);

  expect(convert(samples, SAMPLE_RATE_HZ, SAMPLE_RATE_HZ)).toEqual(samples);
});

test('an empty stream stays empty', () => {
  expect(convert(new Int16Array(0), 48_000, SAMPLE_RATE_HZ)).toHaveLength(0);
});

test.for([0, -8_000, 7_999, 192_001, 44_100.5, Number.NaN])('refuses %d Hz', (rateHz) => {
  expect(isSupportedRate(rateHz)).toBe(false);
  expect(() => new Resampler(rateHz, SAMPLE_RATE_HZ)).toThrow(RangeError);
});
