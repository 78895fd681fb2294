/** What the program the row is held against is called, and its time in milliseconds. */
export type Comparison = { readonly name: string; readonly ms: number };

/**
 * One line of the benchmark's table. All times of a row were taken in the same run, alternately, so that
 * what else the machine does falls on every one of them.
 */
export type BenchRow = {
  readonly what: string;
  /** Median time of ours, in milliseconds. */
  readonly oursMs: number;
  readonly against: readonly Comparison[];
  /** The most the ratio to the first comparison may be, where there is a promise. */
  readonly limitRatio?: number;
};

export type BenchOptions = {
  /** A foreign `codex app-server` to measure beside ours. */
  readonly peer: string | undefined;
  /** How often each program is measured. */
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

/**
 * Measures several programs in turn, `rounds` times, after one round that does not count, and returns
 * the median of each. Every round starts with another one, so that none always follows the same.
 */
export async function measureAlternately(
  programs: readonly (() => Promise<number>)[],
  rounds: number,
): Promise<readonly number[]> {
  const times: number[][] = programs.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (let turn = 0; turn < programs.length; turn += 1) {
      const index = (turn + round) % programs.length;
      const ms = await programs[index]?.();
      if (round > 0 && ms !== undefined) times[index]?.push(ms);
    }
  }
  return times.map((values) => median(values));
}

/** The rows as a table for people; a broken promise is marked. */
export function formatRows(rows: readonly BenchRow[]): string {
  const lines = rows.flatMap(({ what, oursMs, against, limitRatio }) => {
    const head = `${what}: ${oursMs.toFixed(1)} ms`;
    return [
      head,
      ...against.map(({ name, ms }, index) => {
        const ratio = oursMs / ms;
        const promise =
          index === 0 && limitRatio !== undefined
            ? `  (at most ${limitRatio}${ratio > limitRatio ? ', MISSED' : ''})`
            : '';
        return `  ${ratio.toFixed(2).padStart(6)} x ${name}, ${ms.toFixed(1)} ms${promise}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** True when a row with a promise breaks it. */
export function missesLimit({ oursMs, against, limitRatio }: BenchRow): boolean {
  const floor = against[0];
  return floor !== undefined && limitRatio !== undefined && oursMs / floor.ms > limitRatio;
}
