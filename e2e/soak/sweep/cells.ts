import type { Product } from '../product.ts';

/** What is done to every door. */
export const ATTACKS = [
  'deep',
  'huge',
  'torn',
  'binary',
  'endless',
  'slow',
  'silent',
  'wrong type',
] as const;
export type AttackName = (typeof ATTACKS)[number];

/**
 * One attack. Resolves to what its sender was told in the end, a line for each thing: nothing, or one
 * clear error, or why the connection was ended. What would go on for ever goes on until `stop`, and
 * so is going on for certain while others ask for something.
 */
export type Attack = (stop: AbortSignal) => Promise<readonly string[]>;

export type Cell = {
  readonly attack: Attack;
  readonly told: Told;
};

/** What the sender of an attack is told: exactly one line that fits, nothing, or at most one. */
export type Told = RegExp | 'nothing' | { readonly atMost: RegExp };

/** A door that is open: a process of the product, whoever knocks, and somebody well-behaved. */
export type OpenDoor = AsyncDisposable & {
  readonly product: Product;
  /** Asks for something on another connection; throws unless the answer is the right one. */
  readonly askAsOther: () => Promise<void>;
  readonly cells: Readonly<Record<AttackName, Cell>>;
};

export type Door = {
  readonly name: string;
  /** What the process may take at most while it is attacked, in MiB; it takes about 100 at rest. */
  readonly maxMemoryMiB: number;
  /** Its engine is a process below it, which has to live as well; others may run programs that end. */
  readonly runsEngineBelow?: boolean;
  readonly open: () => Promise<OpenDoor>;
};
