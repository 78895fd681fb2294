import * as z from 'zod';

import { maybe } from '../common.ts';
import { openingSettings } from './thread.ts';

/** A new thread that begins with what another one holds, as a whole or up to a turn (app-server §5). */
export const ThreadForkParams = z.object({
  threadId: z.string(),
  /** A thread's file, in place of its id. */
  path: maybe(z.string()),
  /** The last turn that goes along; one that has ended. Not beside `beforeTurnId`. */
  lastTurnId: maybe(z.string()),
  /** The first turn that stays behind. */
  beforeTurnId: maybe(z.string()),
  ...openingSettings,
  ephemeral: maybe(z.boolean()),
  threadSource: maybe(z.string()),
  /** Leaves `thread.turns` of the answer empty. */
  excludeTurns: maybe(z.boolean()),
});
export type ThreadForkParams = z.infer<typeof ThreadForkParams>;

/** Items of the Responses API that the model is told from the next request on, and nobody is shown. */
export const ThreadInjectItemsParams = z.object({
  threadId: z.string(),
  items: z.array(z.unknown()),
});
