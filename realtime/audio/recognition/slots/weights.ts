/**
 * Up to 99 with zero, hundreds, and from a thousand on. Few people say large numbers to an assistant, and
 * with so many words to fit, they are what noise behind a small number is taken for.
 */
export const NUMBER_WEIGHTS = [0.95, 0.05, 1e-5] as const;
