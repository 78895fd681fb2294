import * as z from 'zod';

import { maybe } from './common.ts';

const NAME = /^[a-zA-Z0-9_-]+$/u;
const MAX_NAME_LENGTH = 64;
const toolName = z
  .string()
  .regex(NAME, 'has characters other than a-z, A-Z, 0-9, _ and -')
  .max(MAX_NAME_LENGTH);

const functionFields = {
  name: toolName,
  description: z.string(),
  /** A JSON Schema of the arguments. */
  inputSchema: z.record(z.string(), z.unknown()),
  /** The model finds it by searching, and is not told of it before. */
  deferLoading: maybe(z.boolean()),
};

/** A tool that the client runs, or several under one name; the form without `type` is the older one (app-server §8). */
export const DynamicToolSpec = z.union([
  z.object({
    type: z.literal('namespace'),
    name: toolName,
    description: z.string(),
    tools: z.array(z.object({ type: z.literal('function'), ...functionFields })),
  }),
  z.object({ type: z.literal('function'), ...functionFields }),
  z.object({ type: z.never().optional(), namespace: maybe(toolName), ...functionFields }),
]);
export type DynamicToolSpec = z.infer<typeof DynamicToolSpec>;

export const DynamicToolContent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('inputText'), text: z.string() }),
  z.object({ type: z.literal('inputImage'), imageUrl: z.string() }),
  z.object({ type: z.literal('inputAudio'), audioUrl: z.string() }),
]);
export type DynamicToolContent = z.infer<typeof DynamicToolContent>;

/** How a call of a client's tool stands, in an item. */
export const DynamicToolCallFields = {
  /** Null for a tool that stands alone. */
  namespace: z.string().nullable(),
  tool: z.string(),
  arguments: z.unknown(),
  status: z.enum(['inProgress', 'completed', 'failed']),
  contentItems: z.nullable(z.array(DynamicToolContent)),
  success: z.boolean().nullable(),
  durationMs: z.number().nullable(),
};
