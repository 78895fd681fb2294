import process from 'node:process';

import type { Clip } from './measure.ts';

/** What the measurements of ears have in common: their arguments, clips and tables. */

const MOST_SECONDS = 8;

/** No clip is longer: ears that wait for a few words have heard enough by then. */
export function shortened({ samples, sampleRateHz }: Clip): Clip {
  return { samples: samples.subarray(0, MOST_SECONDS * sampleRateHz), sampleRateHz };
}

/** Each so many of all. */
export function each<T>(all: readonly T[], step: number, offset = 0): T[] {
  return all.filter((_, index) => (index + offset) % step === 0);
}

export function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** The time in whole milliseconds within which so large a share of all lies. */
export function percentileMs(timesMs: readonly number[], share: number): string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  return (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
}

export function row(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

/** What is not installed is left out, and told. */
export function skip(what: string, meaning: string): void {
  process.stderr.write(`${what} is not installed: ${meaning}\n`);
}

/** An option that counts something; what is none ends the program. */
export function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} takes a whole number from 1 up, not ${text}\n`);
  process.exit(2);
}
