/**
 * Zero, up to 999, and from a thousand on. Few people say thousands to an assistant, and with so many
 * words to fit, they are what noise behind a small number is taken for.
 */
export const NUMBER_WEIGHTS = [0.1, 0.9, 1e-5] as const;
