import * as z from 'zod';

import { FollowUp, maybe } from '../common.ts';
import { Delegation, ThreadItem, UserInput } from './item.ts';
import { TurnEnvironmentParams } from './environment.ts';
import { PlacedRequest } from './settled.ts';
import { threadSettingChanges } from './settings.ts';

const withStatus = z.object({ httpStatusCode: z.int().nullable() });

/** Turns that take no words while they run. */
const UnsteerableKind = z.enum(['review', 'compact']);
export type UnsteerableKind = z.infer<typeof UnsteerableKind>;

/** What kind of failure ended a turn, for programs (app-server §6). */
export const CodexErrorInfo = z.union([
  z.enum([
    'contextWindowExceeded',
    'sessionBudgetExceeded',
    'usageLimitExceeded',
    'rateLimitExceeded',
    'flexUnavailable',
    'serverOverloaded',
    'modelNotFound',
    'policyCapacityUnavailable',
    'inferenceHookDenied',
    'cyberPolicy',
    'misalignmentPolicyViolation',
    'tooManyDenials',
    'internalServerError',
    'unauthorized',
    'badRequest',
    'threadRollbackFailed',
    'sandboxError',
    'other',
  ]),
  z.object({ httpConnectionFailed: withStatus }),
  z.object({ responseStreamConnectionFailed: withStatus }),
  z.object({ responseStreamDisconnected: withStatus }),
  z.object({ responseTooManyFailedAttempts: withStatus }),
  z.object({
    activeTurnNotSteerable: z.object({ turnKind: UnsteerableKind }),
  }),
]);
export type CodexErrorInfo = z.infer<typeof CodexErrorInfo>;

export const TurnError = z.object({
  message: z.string(),
  codexErrorInfo: z.nullable(CodexErrorInfo),
  additionalDetails: z.string().nullable(),
});
export type TurnError = z.infer<typeof TurnError>;

export const TurnStatus = z.enum(['inProgress', 'completed', 'interrupted', 'failed']);
export type TurnStatus = z.infer<typeof TurnStatus>;

export const PlanStep = z.object({
  step: z.string(),
  status: z.enum(['pending', 'inProgress', 'completed']),
});
export type PlanStep = z.infer<typeof PlanStep>;
/** What the agent means to do, and how far it is. */
export const TurnPlan = z.object({
  explanation: z.string().nullable(),
  plan: z.array(PlanStep),
});
export type TurnPlan = z.infer<typeof TurnPlan>;
export const TurnPlanUpdatedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  ...TurnPlan.shape,
});

export const TurnItemsView = z.enum(['notLoaded', 'summary', 'full']);
export type TurnItemsView = z.infer<typeof TurnItemsView>;

/** One turn; times are Unix seconds, as on the peer's wire (app-server §6). */
export const Turn = z.object({
  id: z.string(),
  rootTurnId: z.string(),
  items: z.array(ThreadItem),
  itemsView: TurnItemsView,
  status: TurnStatus,
  error: z.nullable(TurnError),
  startedAt: z.number().nullable(),
  completedAt: z.number().nullable(),
  durationMs: z.number().nullable(),
  /** Parley's addition: set when the voice model asked for this turn. */
  delegation: maybe(Delegation),
  /** Parley's addition: its newest plan, where it made one. */
  plan: maybe(TurnPlan),
  /** Parley's addition: what people were asked in it, where they were asked something. */
  settledRequests: maybe(z.array(PlacedRequest)),
});
export type Turn = z.infer<typeof Turn>;

/**
 * What the client wants the provider to know, merged into the turn's metadata (responses §4.3). Known
 * by two names; of a patch the entries are added to those given before, else they replace them.
 */
const clientMetadata = {
  clientMetadata: maybe(z.record(z.string(), z.string())),
  responsesapiClientMetadata: maybe(z.record(z.string(), z.string())),
  responsesapiClientMetadataPatch: maybe(z.record(z.string(), z.string())),
};

/**
 * What a client knows and the model is told before the words of its user, by a name of the client's own: what an
 * application itself says, or what it has from elsewhere, in which nothing is a request (app-server §6).
 */
export const AdditionalContext = z.record(
  z.string(),
  z.object({
    kind: z.enum(['untrusted', 'application']),
    value: z.string(),
    name: maybe(
      z.string().regex(/^[a-z][a-z\d_]{0,63}$/u, 'the name must match [a-z][a-z0-9_]{0,63}'),
    ),
  }),
);
export type AdditionalContext = z.infer<typeof AdditionalContext>;

export const TurnStartParams = z.object({
  threadId: z.string(),
  input: z.array(UserInput),
  /** Parley's additions: absent means `steer`. */
  followUp: maybe(FollowUp),
  /** What the voice model had asked for, where that is asked for again; it is shown as such. */
  delegation: maybe(Delegation),
  clientUserMessageId: maybe(z.string()),
  ...threadSettingChanges,
  ...clientMetadata,
  additionalContext: maybe(AdditionalContext),
  /** For this turn alone: absent means the thread's, none at all is a choice as well (app-server §6). */
  environments: maybe(z.array(TurnEnvironmentParams)),
  /** In place of `serviceTier`, for this turn alone. */
  serviceTierForTurn: maybe(z.string()),
  /** A JSON Schema the final answer of this turn has to fit. */
  outputSchema: maybe(z.record(z.string(), z.unknown())),
});
export type TurnStartParams = z.infer<typeof TurnStartParams>;
export const TurnStartResponse = z.object({ turn: Turn });

/** Words for the turn that runs; refused when it is not `expectedTurnId` (app-server §6). */
export const TurnSteerParams = z.object({
  threadId: z.string(),
  expectedTurnId: z.string(),
  input: z.array(UserInput),
  clientUserMessageId: maybe(z.string()),
  ...clientMetadata,
  additionalContext: maybe(AdditionalContext),
});
export type TurnSteerParams = z.infer<typeof TurnSteerParams>;
export const TurnSteerResponse = z.object({ turnId: z.string() });

export const TurnInterruptParams = z.object({ threadId: z.string(), turnId: z.string() });

/** Of a turn that starts, that ends, or, which is Parley's addition, that waits for another to end. */
export const TurnNotification = z.object({ threadId: z.string(), turn: Turn });

export const ErrorNotification = z.object({
  error: TurnError,
  willRetry: z.boolean(),
  threadId: z.string(),
  turnId: z.string(),
});

export const TokenUsage = z.object({
  totalTokens: z.int(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  cacheWriteInputTokens: z.int(),
  outputTokens: z.int(),
  reasoningOutputTokens: z.int(),
});
export type TokenUsage = z.infer<typeof TokenUsage>;
export const ThreadTokenUsageUpdatedNotification = z.object({
  threadId: z.string(),
  turnId: z.string(),
  tokenUsage: z.object({
    total: TokenUsage,
    last: TokenUsage,
    modelContextWindow: z.int().nullable(),
  }),
});
export const WarningNotification = z.object({
  threadId: z.string().nullable(),
  message: z.string(),
});
