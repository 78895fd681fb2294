import { evaluate } from './arithmetic.ts';

const MAX_SUM_CHARS = 200;

/** The value of a sum whose signs may be words; undefined for what is none. Numbers are digits. */
export function calculate(sum: string): number | undefined {
  // Brackets nest by recursion, so there has to be an end to them.
  if (sum.length > MAX_SUM_CHARS) return undefined;
  const signs = sum
    .replaceAll(/\bplus\b/giu, '+')
    .replaceAll(/\b(?:minus|moins)\b|−/giu, '-')
    .replaceAll(/\b(?:times|multiplied by|fois|multiplié par)\b|×/giu, '*')
    .replaceAll(/\b(?:divided by|over|divisé par)\b|÷/giu, '/');
  // A lone number is no sum.
  return /[-+*/^]/u.test(signs) ? evaluate(signs) : undefined;
}
