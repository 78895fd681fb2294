import * as z from 'zod';

import { maybe } from './common.ts';

export const FuzzyFileSearchParams = z.object({
  query: z.string(),
  roots: z.array(z.string()),
  /** A search ends the one before it of this client that had the same. */
  cancellationToken: maybe(z.string()),
});

/** What was found, best first; inside it speaks in snake case (app-server §12). */
export const FuzzyFileSearchResponse = z.object({
  files: z.array(
    z.object({
      root: z.string(),
      /** From the root. */
      path: z.string(),
      match_type: z.enum(['file', 'directory']),
      file_name: z.string(),
      score: z.int().nonnegative(),
      /** Places of the characters that were looked for. */
      indices: z.array(z.int().nonnegative()).nullable(),
    }),
  ),
});
export type FuzzyFileSearchResponse = z.infer<typeof FuzzyFileSearchResponse>;
