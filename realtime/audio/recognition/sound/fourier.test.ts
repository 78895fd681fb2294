import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { transform } from './fourier.ts';

test('a wave of so many periods is that number alone', () => {
  const real = Float64Array.from({ length: 16 }, (_, index) =>
    Math.cos((2 * Math.PI * 3 * index) / 16),
  );
  const imaginary = new Float64Array(16);

  transform(real, imaginary, 'forward');

  const magnitudes = Array.from(real, (value, bin) => Math.hypot(value, imaginary[bin] ?? 0));
  expect(magnitudes.map((value) => Math.round(value * 1e9) / 1e9)).toEqual(
    magnitudes.map((_, bin) => (bin === 3 || bin === 13 ? 8 : 0)),
  );
});

test('there and back again are the same numbers', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }),
      (values) => {
        const real = Float64Array.from(values);
        const imaginary = new Float64Array(64);
        transform(real, imaginary, 'forward');
        transform(real, imaginary, 'inverse');
        for (const [index, value] of values.entries()) {
          expect(real[index]).toBeCloseTo(value, 9);
          expect(imaginary[index]).toBeCloseTo(0, 9);
        }
      },
    ),
  );
});
