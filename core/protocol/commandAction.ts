import * as z from 'zod';

import { maybe } from './common.ts';

/** What a command does, as far as it can be told from its words. */
export const CommandAction = z.discriminatedUnion('type', [
  z.object({ type: z.literal('read'), command: z.string(), name: z.string(), path: z.string() }),
  z.object({ type: z.literal('listFiles'), command: z.string(), path: maybe(z.string()) }),
  z.object({
    type: z.literal('search'),
    command: z.string(),
    query: maybe(z.string()),
    path: maybe(z.string()),
  }),
  z.object({ type: z.literal('unknown'), command: z.string() }),
]);
export type CommandAction = z.infer<typeof CommandAction>;
