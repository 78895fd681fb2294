import * as z from 'zod';

import { maybe } from '../common.ts';
import { UserAnswers, UserQuestion } from '../requests/index.ts';

/** Parley's addition: something that people were asked in a turn, and what came of it, without what is secret. */
export const SettledRequest = z.object({
  /** Of the call that asked. */
  itemId: z.string(),
  /** By which request to clients. */
  method: z.string(),
  /** What was to be answered. */
  questions: maybe(z.array(UserQuestion)),
  /** What was to be allowed. */
  approval: maybe(
    z.object({ command: maybe(z.string()), cwd: maybe(z.string()), reason: maybe(z.string()) }),
  ),
  outcome: z.enum(['accepted', 'declined', 'cancelled', 'withdrawn']),
  /** Absent where nobody did. */
  answeredBy: maybe(z.enum(['client', 'voice'])),
  answers: maybe(UserAnswers),
});
export type SettledRequest = z.infer<typeof SettledRequest>;

/** The same at its place: behind this item of the turn, null before its first one. */
export const PlacedRequest = z.object({
  ...SettledRequest.shape,
  afterItemId: z.string().nullable(),
});
export type PlacedRequest = z.infer<typeof PlacedRequest>;
