import * as z from 'zod';

import { DynamicToolContent } from '../dynamicTool.ts';

/** A tool that a client offered is to be run (app-server §8). */
export const DynamicToolCallParams = z.object({
  threadId: z.string(),
  turnId: z.string(),
  callId: z.string(),
  namespace: z.string().nullable(),
  /** Its own name, without the namespace. */
  tool: z.string(),
  arguments: z.unknown(),
});

export const DynamicToolCallResponse = z.object({
  contentItems: z.array(DynamicToolContent),
  success: z.boolean(),
});
