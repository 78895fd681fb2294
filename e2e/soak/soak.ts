/** What came of a soak: each of its rounds passes or fails, and failures say why. */
export type SoakResult = {
  readonly passed: number;
  /** One sentence for each round that failed. */
  readonly failures: readonly string[];
  /** What it has looked at, for people. */
  readonly summary: string;
};

/** Something that only shows when it is done many times; `run.ts` lists them. */
export type Soak = {
  /** How often `npm run soak` does it unless told otherwise. */
  readonly rounds: number;
  readonly run: (rounds: number, onRound: (round: number) => void) => Promise<SoakResult>;
};
