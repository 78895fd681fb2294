import type { Build } from './builds.ts';

/** A time or a size (lower is better) or a rate (higher is better). */
export type Measure = {
  readonly value: number;
  /** The slow end, where the figure is the middle of many. */
  readonly p95?: number;
  /** What else a reader must know of it. */
  readonly note?: string;
};

/** What is promised of a figure, or of the ratio between two. */
export type Promised = { readonly atMost: number } | { readonly atLeast: number };

/** A program the row is held against; `promised` is about ours divided by its figure. */
export type Comparison = Measure & { readonly name: string; readonly promised?: Promised };

/**
 * One line of the benchmark's table. All figures of a row were taken in the same run, alternately, so
 * that what else the machine does falls on every one of them.
 */
export type BenchRow = {
  readonly what: string;
  readonly unit: 'ms' | 'a second' | 'ms of CPU a second' | 'ms of CPU' | 'MB';
  readonly ours: Measure;
  readonly against: readonly Comparison[];
  /** About our own figure, where a ratio is not the point. */
  readonly promised?: Promised;
};

export type BenchOptions = {
  /** An earlier commit of ours, built, to measure beside the working tree. */
  readonly before: Build | undefined;
  /** A foreign `codex app-server` to measure beside ours. */
  readonly peer: string | undefined;
  /** How often each program is measured; what takes seconds a round is content with fewer. */
  readonly rounds: number;
};

/** A file of this folder that measures something; `run.ts` lists them. */
export type Benchmark = (options: BenchOptions) => Promise<readonly BenchRow[]>;

/** The middle of some measurements; robust against the odd slow one. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('The median of nothing was asked for.');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** The smallest measurement that at least `share` of all do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('A percentile of nothing was asked for.');
  return value;
}

/** The middle of some times, with the slow end beside it. */
export function middleOf(times: readonly number[]): Measure {
  return { value: median(times), p95: percentile(times, 0.95) };
}

/**
 * Measures several programs in turn, `rounds` times, after one round that does not count, and returns
 * all measurements of each. Every second round goes backwards and every other pair of rounds starts with
 * another one, so that none always follows the same: what one leaves behind costs whoever comes next.
 */
export async function collectAlternately(
  programs: readonly (() => Promise<readonly number[]>)[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const collected: number[][] = programs.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    const first = Math.floor(round / 2);
    const turns = programs.map((_, turn) => (first + turn) % programs.length);
    for (const index of round % 2 === 0 ? turns : turns.toReversed()) {
      const measured = (await programs[index]?.()) ?? [];
      if (round > 0) collected[index]?.push(...measured);
    }
  }
  return collected;
}

/** The same for programs that are measured once a round: the median of each. */
export async function measureAlternately(
  programs: readonly (() => Promise<number>)[],
  rounds: number,
): Promise<readonly number[]> {
  const lists = programs.map((program) => async () => [await program()]);
  return (await collectAlternately(lists, rounds)).map((times) => median(times));
}

/** The rows as a table for people; a broken promise is marked. */
export function formatRows(rows: readonly BenchRow[]): string {
  const lines = rows.flatMap(({ what, unit, ours, against, promised }) => [
    `${what}: ${figure(ours, unit)}${words(promised, ours.value)}`,
    ...against.map((other) => {
      const ratio = ours.value / other.value;
      const times = ratio.toFixed(2).padStart(6);
      return `  ${times} x ${other.name}, ${figure(other, unit)}${words(other.promised, ratio)}`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

function figure({ value, p95, note }: Measure, unit: BenchRow['unit']): string {
  const digits = value < 10 ? 2 : 1;
  const main =
    unit === 'a second'
      ? `${Math.round(value).toLocaleString('en')} a second`
      : `${value.toFixed(digits)} ${unit}`;
  const slowEnd = p95 === undefined ? '' : ` (p95 ${p95.toFixed(digits)})`;
  return `${main}${slowEnd}${note === undefined ? '' : `, ${note}`}`;
}

/** As it was promised, without the tail of a fraction. */
const plain = (value: number): number => Number(value.toFixed(2));

function words(promised: Promised | undefined, value: number): string {
  if (promised === undefined) return '';
  const limit =
    'atMost' in promised
      ? `at most ${plain(promised.atMost)}`
      : `at least ${plain(promised.atLeast)}`;
  return `  [${limit}${isBroken(promised, value) ? ', MISSED' : ''}]`;
}

function isBroken(promised: Promised | undefined, value: number): boolean {
  if (promised === undefined) return false;
  return 'atMost' in promised ? value > promised.atMost : value < promised.atLeast;
}

/** What the commit before is called in a row. */
export const BEFORE = 'the commit before';

/** How much worse than the commit before a figure may be; below it, it is noise. */
const LOSS_LIMIT = 1.05;

/** What a figure promises beside that of the commit before; rates are better when they are higher. */
export const promisedOfBefore = (unit: BenchRow['unit']): Promised =>
  unit === 'a second' ? { atLeast: 1 / LOSS_LIMIT } : { atMost: LOSS_LIMIT };

/** How many times worse than that of the commit before; 1 where there is none to be held against. */
function lossOf({ unit, ours, against }: BenchRow): number {
  const before = against.find(({ name }) => name === BEFORE);
  if (before?.promised === undefined) return 1;
  const ratio = ours.value / before.value;
  return unit === 'a second' ? 1 / ratio : ratio;
}

const REPEATS = 2;

/**
 * Measures again where a row seems worse than the commit before, twice at most, and keeps the better
 * figures of such a row: noise passes, a loss stays.
 */
export async function confirmLosses(
  measure: () => Promise<readonly BenchRow[]>,
): Promise<readonly BenchRow[]> {
  let rows = await measure();
  for (
    let repeat = 0;
    repeat < REPEATS && rows.some((row) => lossOf(row) > LOSS_LIMIT);
    repeat += 1
  ) {
    const again = await measure();
    rows = rows.map((row) => {
      const other = again.find(({ what }) => what === row.what);
      return other !== undefined && lossOf(row) > LOSS_LIMIT && lossOf(other) < lossOf(row)
        ? other
        : row;
    });
  }
  return rows;
}

/** True when a row breaks one of its promises. */
export function missesLimit({ ours, against, promised }: BenchRow): boolean {
  return (
    isBroken(promised, ours.value) ||
    against.some((other) => isBroken(other.promised, ours.value / other.value))
  );
}
