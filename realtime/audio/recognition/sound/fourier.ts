/**
 * The discrete Fourier transform of a power of two of complex numbers, in place (radix 2). The inverse
 * of the forward transform gives the numbers back.
 */
export function transform(
  real: Float64Array,
  imaginary: Float64Array,
  direction: 'forward' | 'inverse',
): void {
  const length = real.length;
  reorder(real);
  reorder(imaginary);
  for (let size = 2; size <= length; size *= 2) {
    const angle = ((direction === 'forward' ? -2 : 2) * Math.PI) / size;
    for (let pair = 0; pair < size / 2; pair += 1) {
      const cosine = Math.cos(angle * pair);
      const sine = Math.sin(angle * pair);
      for (let even = pair; even < length; even += size) {
        const odd = even + size / 2;
        const oddReal = (real[odd] ?? 0) * cosine - (imaginary[odd] ?? 0) * sine;
        const oddImaginary = (real[odd] ?? 0) * sine + (imaginary[odd] ?? 0) * cosine;
        real[odd] = (real[even] ?? 0) - oddReal;
        imaginary[odd] = (imaginary[even] ?? 0) - oddImaginary;
        real[even] = (real[even] ?? 0) + oddReal;
        imaginary[even] = (imaginary[even] ?? 0) + oddImaginary;
      }
    }
  }
  if (direction === 'forward') return;
  for (let index = 0; index < length; index += 1) {
    real[index] = (real[index] ?? 0) / length;
    imaginary[index] = (imaginary[index] ?? 0) / length;
  }
}

/** Puts each number where the bits of its place, read backwards, say. */
function reorder(values: Float64Array): void {
  for (let index = 1, reversed = 0; index < values.length; index += 1) {
    let bit = values.length >> 1;
    while ((reversed & bit) !== 0) {
      reversed ^= bit;
      bit >>= 1;
    }
    reversed |= bit;
    if (index < reversed) {
      const value = values[index] ?? 0;
      values[index] = values[reversed] ?? 0;
      values[reversed] = value;
    }
  }
}
