import * as z from 'zod';

import { maybe } from './common.ts';

/** A window of a limit; `resetsAt` is Unix seconds (responses §9.3). */
export const RateLimitWindow = z.object({
  usedPercent: z.int(),
  windowDurationMins: z.int().nullable(),
  resetsAt: z.int().nullable(),
});
export type RateLimitWindow = z.infer<typeof RateLimitWindow>;

export const RateLimitReachedType = z.enum([
  'rate_limit_reached',
  'workspace_owner_credits_depleted',
  'workspace_member_credits_depleted',
  'workspace_owner_usage_limit_reached',
  'workspace_member_usage_limit_reached',
]);
export type RateLimitReachedType = z.infer<typeof RateLimitReachedType>;

/** How full one bucket of limits is; a null says nothing and erases nothing. */
export const RateLimitSnapshot = z.object({
  limitId: z.string(),
  limitName: z.string().nullable(),
  normalModelSlug: z.string().nullable(),
  primary: z.nullable(RateLimitWindow),
  secondary: z.nullable(RateLimitWindow),
  credits: z
    .object({ hasCredits: z.boolean(), unlimited: z.boolean(), balance: z.string().nullable() })
    .nullable(),
  individualLimit: z.null(),
  spendControlReached: z.null(),
  planType: z.string().nullable(),
  rateLimitReachedType: z.nullable(RateLimitReachedType),
});
export type RateLimitSnapshot = z.infer<typeof RateLimitSnapshot>;

/** Told once per bucket and model response, and only when the provider said something. */
export const AccountRateLimitsUpdatedNotification = z.object({ rateLimits: RateLimitSnapshot });

export const AccountReadParams = z.object({ refreshToken: maybe(z.boolean()) });
/** Who is signed in with OpenAI, as far as the provider in use asks for it (app-server §10). */
export const AccountReadResponse = z.object({
  account: z.object({ type: z.literal('apiKey') }).nullable(),
  userId: z.null(),
  requiresOpenaiAuth: z.boolean(),
  workspaceRouting: z.null(),
});
export type AccountReadResponse = z.infer<typeof AccountReadResponse>;
