import * as z from 'zod';

import { maybe } from './common.ts';

export const ModelListParams = z.object({
  cursor: maybe(z.string()),
  limit: maybe(z.int().positive()),
  includeHidden: maybe(z.boolean()),
  /** Of another provider than the one in use. */
  modelProvider: maybe(z.string()),
});

/** A model a client may offer (app-server §11). */
export const Model = z.object({
  id: z.string(),
  model: z.string(),
  displayName: z.string(),
  description: z.string(),
  hidden: z.boolean(),
  isDefault: z.boolean(),
  supportedReasoningEfforts: z.array(
    z.object({ reasoningEffort: z.string(), description: z.string() }),
  ),
  defaultReasoningEffort: z.string(),
  inputModalities: z.array(z.enum(['text', 'image'])),
  supportsPersonality: z.boolean(),
  additionalSpeedTiers: z.array(z.string()),
  serviceTiers: z.array(z.object({ id: z.string(), name: z.string(), description: z.string() })),
  defaultServiceTier: z.string().nullable(),
  upgrade: z.string().nullable(),
  upgradeInfo: z.null(),
  availabilityNux: z.null(),
  /** Parley's addition: the day its provider switches it off, `YYYY-MM-DD`; absent where none is known. */
  shutdownDate: maybe(z.string()),
});
export type Model = z.infer<typeof Model>;
export const ModelListResponse = z.object({
  data: z.array(Model),
  nextCursor: z.string().nullable(),
  /** Parley's addition: the provider a new thread would talk to, `practice` for the built-in one. */
  modelProvider: maybe(z.string()),
});
