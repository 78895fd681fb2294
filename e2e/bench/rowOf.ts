import type { Contestant } from './contestant.ts';
import {
  type BenchRow,
  collectAlternately,
  type Comparison,
  type Measure,
  type Promised,
} from './row.ts';

const NAMES: Readonly<Record<string, string>> = { relay: 'a bare relay', peer: 'the peer' };

export type RowPlan = {
  readonly what: string;
  readonly unit: BenchRow['unit'];
  readonly rounds: number;
  /** Makes one figure out of all measurements of a contestant. */
  readonly sum: (measured: readonly number[], contestant: Contestant) => Measure;
  readonly measure: (contestant: Contestant) => Promise<readonly number[]>;
  /** About ours divided by the peer's. */
  readonly ofPeer?: Promised;
  /** About our own figure. */
  readonly promised?: Promised;
};

/** Measures all contestants alternately and holds the first of them against the others. */
export async function rowOf(contestants: readonly Contestant[], plan: RowPlan): Promise<BenchRow> {
  const { what, unit, ofPeer, promised } = plan;
  const collected = await collectAlternately(
    contestants.map((contestant) => async () => plan.measure(contestant)),
    plan.rounds,
  );
  const against: Comparison[] = [];
  for (const [index, contestant] of contestants.entries()) {
    const measure = plan.sum(collected[index] ?? [], contestant);
    const { name } = contestant;
    const promise = name === 'peer' && ofPeer !== undefined ? { promised: ofPeer } : {};
    against.push({ name: NAMES[name] ?? name, ...measure, ...promise });
  }
  const ours = against.shift();
  if (ours === undefined) throw new Error('There is nobody to measure.');
  return { what, unit, ours, against, ...(promised === undefined ? {} : { promised }) };
}
