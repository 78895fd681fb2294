import * as z from 'zod';

import { maybe } from './common.ts';

export const McpServerStatusListParams = z.object({
  cursor: maybe(z.string()),
  limit: maybe(z.int().positive()),
  detail: maybe(z.enum(['full', 'toolsAndAuthOnly'])),
  threadId: maybe(z.string()),
  serverName: maybe(z.string()),
});
/** The tool servers; the agent has none. */
export const McpServerStatusListResponse = z.object({ data: z.tuple([]), nextCursor: z.null() });

export const McpResourceReadParams = z.object({
  threadId: maybe(z.string()),
  server: z.string(),
  uri: z.string(),
});
/** Never given: there is no server to read from. */
export const McpResourceReadResponse = z.object({
  contents: z.array(z.unknown()),
  originCallId: z.string().nullable(),
});
