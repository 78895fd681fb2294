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

/** Of an account; a key has no such list, and is told how full it is after each answer (app-server §9). */
export const AccountRateLimitsReadResponse = z.object({ rateLimits: RateLimitSnapshot });

/** How somebody signs in; only a key is taken, the others are known so that they are refused by name. */
export const LoginAccountParams = z.discriminatedUnion('type', [
  z.object({ type: z.literal('apiKey'), apiKey: z.string() }),
  z.object({
    type: z.enum([
      'chatgpt',
      'chatgptDeviceCode',
      'chatgptAuthTokens',
      'amazonBedrock',
      'amazonBedrockAccessKeys',
    ]),
  }),
]);
export const LoginAccountResponse = z.object({ type: z.literal('apiKey') });

export const CancelLoginAccountParams = z.object({ loginId: z.string() });
export const CancelLoginAccountResponse = z.object({ status: z.enum(['canceled', 'notFound']) });

/** What came of a sign-in; `loginId` is null for a key, which is taken at once (app-server §9). */
export const AccountLoginCompletedNotification = z.object({
  loginId: z.string().nullable(),
  success: z.boolean(),
  error: z.string().nullable(),
  onboardingEntrypoint: z.null(),
});

/** How one is signed in now; nulls after a sign-out. */
export const AccountUpdatedNotification = z.object({
  authMode: z.literal('apikey').nullable(),
  planType: z.null(),
});

export const AccountReadParams = z.object({ refreshToken: maybe(z.boolean()) });
/** Who is signed in with OpenAI, as far as the provider in use asks for it (app-server §9). */
export const AccountReadResponse = z.object({
  account: z.object({ type: z.literal('apiKey') }).nullable(),
  userId: z.null(),
  requiresOpenaiAuth: z.boolean(),
  workspaceRouting: z.null(),
});
export type AccountReadResponse = z.infer<typeof AccountReadResponse>;
