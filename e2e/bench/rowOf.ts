import type { Contestant } from './contestant.ts';
import {
  BEFORE,
  type BenchRow,
  collectAlternately,
  type Comparison,
  type Measure,
  type Promised,
  promisedOfBefore,
} from './row.ts';

const NAMES: Readonly<Record<string, string>> = {
  relay: 'a bare relay',
  peer: 'the peer',
  before: BEFORE,
};

/** What a row says beside its figures. */
type RowHead = {
  readonly what: string;
  readonly unit: BenchRow['unit'];
  /** About ours divided by the peer's. */
  readonly ofPeer?: Promised;
  /** About our own figure. */
  readonly promised?: Promised;
  /** Of an earlier commit that promised its clients less: its figure is shown, and is no limit. */
  readonly promisesMore?: true;
};

/** Holds the first figure, which is ours, against those of the other programs. */
export function compare(
  { what, unit, ofPeer, promised, promisesMore }: RowHead,
  figures: readonly (readonly [name: string, figure: Measure])[],
): BenchRow {
  const [first, ...others] = figures;
  if (first === undefined) throw new Error('There is nobody to measure.');
  const against: Comparison[] = [];
  for (const [name, figure] of others) {
    const ofBefore = promisesMore === true ? undefined : promisedOfBefore(unit);
    const promise = { before: ofBefore, peer: ofPeer }[name];
    const named = { name: NAMES[name] ?? name, ...figure };
    against.push(promise === undefined ? named : { ...named, promised: promise });
  }
  const row = { what, unit, ours: first[1], against };
  return promised === undefined ? row : { ...row, promised };
}

type RowPlan = RowHead & {
  readonly rounds: number;
  /** Makes one figure out of all measurements of a contestant. */
  readonly sum: (measured: readonly number[], contestant: Contestant) => Measure;
  readonly measure: (contestant: Contestant) => Promise<readonly number[]>;
};

/** Measures all contestants alternately and holds the first of them against the others. */
export async function rowOf(contestants: readonly Contestant[], plan: RowPlan): Promise<BenchRow> {
  const collected = await collectAlternately(
    contestants.map((contestant) => async () => plan.measure(contestant)),
    plan.rounds,
  );
  return compare(
    plan,
    contestants.map((contestant, index) => [
      contestant.name,
      plan.sum(collected[index] ?? [], contestant),
    ]),
  );
}
