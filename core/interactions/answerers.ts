/** Who decides before people are asked. */
export type Decider = 'policy' | 'hook' | 'review';
/** People: the voice and the clients are asked at the same time, and the first answer counts. */
export type People = 'voice' | 'client';
export type Answerer = Decider | People;

/** The order in which deciders are asked. */
export const deciderOrder: readonly Decider[] = ['policy', 'hook', 'review'];
/** What it means that one fails: none of them can allow by failing. */
export const onFailure: Readonly<Record<Decider, 'pass' | 'deny'>> = {
  policy: 'deny',
  // A hook that breaks has said nothing: people are asked.
  hook: 'pass',
  // What could not be judged is not allowed.
  review: 'deny',
};
