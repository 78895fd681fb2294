import * as z from 'zod';

import { maybe } from './common.ts';
import { ApprovalsReviewer, AskForApproval, SandboxMode } from './threads/index.ts';

/** Where a setting stands (app-server §10). */
const LayerName = z.discriminatedUnion('type', [
  z.object({ type: z.literal('system'), file: z.string() }),
  z.object({ type: z.literal('user'), file: z.string(), profile: z.string().nullable() }),
  z.object({ type: z.literal('sessionFlags') }),
]);
const Layer = z.object({ name: LayerName, version: z.string() });

export const ConfigReadParams = z.object({
  includeLayers: maybe(z.boolean()),
  cwd: maybe(z.string()),
});
/** Settings under the names of the configuration file; secrets are replaced by a mark. */
export const ConfigReadResponse = z.object({
  config: z.record(z.string(), z.unknown()),
  /** Where each value comes from, by its dotted key. */
  origins: z.record(z.string(), Layer),
  layers: z.array(Layer.extend({ config: z.record(z.string(), z.unknown()) })).nullable(),
});
export type ConfigReadResponse = z.infer<typeof ConfigReadResponse>;

const edit = {
  /** Dotted, parts with dots in quotes. */
  keyPath: z.string(),
  /** null removes the key. */
  value: z.unknown(),
  /** `upsert` adds to a table that is there, `replace` takes its place. */
  mergeStrategy: z.enum(['replace', 'upsert']),
};
const target = {
  /** Only the user's own file can be written. */
  filePath: maybe(z.string()),
  /** Refuses the write when the file is no longer of this version. */
  expectedVersion: maybe(z.string()),
};
export const ConfigValueWriteParams = z.object({ ...edit, ...target });
export const ConfigBatchWriteParams = z.object({
  edits: z.array(z.object(edit)),
  ...target,
  reloadUserConfig: maybe(z.boolean()),
});
export type ConfigBatchWriteParams = z.infer<typeof ConfigBatchWriteParams>;

export const ConfigWriteResponse = z.object({
  /** `okOverridden`: written, and something else still decides. */
  status: z.enum(['ok', 'okOverridden']),
  version: z.string(),
  filePath: z.string(),
  overriddenMetadata: z
    .object({ message: z.string(), overridingLayer: Layer, effectiveValue: z.unknown() })
    .nullable(),
});
export type ConfigWriteResponse = z.infer<typeof ConfigWriteResponse>;

/** What there is to choose a provider from; ours cannot be edited through the protocol (app-server §11). */
export const ModelProviderListResponse = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      canEdit: z.literal(false),
      /** null where there is none, or where showing it could show a secret. */
      baseUrl: z.string().nullable(),
      settings: z.discriminatedUnion('type', [
        z.object({ type: z.literal('openai') }),
        z.object({
          type: z.literal('customGateway'),
          auth: z.discriminatedUnion('mode', [
            z.object({ mode: z.literal('none') }),
            z.object({ mode: z.literal('environmentVariable'), envKey: z.string() }),
            z.object({ mode: z.literal('externallyConfigured'), envKey: z.null() }),
          ]),
        }),
      ]),
    }),
  ),
  defaultProviderId: z.string(),
  canChangeDefault: z.boolean(),
});
export type ModelProviderListResponse = z.infer<typeof ModelProviderListResponse>;

export const ModelProviderDefaultSetParams = z.object({ providerId: z.string() });

/** `data` of an error that a write is refused with. */
export type ConfigWriteErrorCode =
  | 'configValidationError'
  | 'configVersionConflict'
  | 'configLayerReadonly';

export const ExperimentalFeatureListParams = z.object({
  /** As they are in a loaded thread; else as a new one would have them. */
  threadId: maybe(z.string()),
  cursor: maybe(z.string()),
  limit: maybe(z.int().min(0)),
});
export const ExperimentalFeatureListResponse = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      stage: z.enum(['beta', 'underDevelopment', 'stable', 'deprecated', 'removed']),
      displayName: z.string().nullable(),
      description: z.string().nullable(),
      announcement: z.string().nullable(),
      enabled: z.boolean(),
      defaultEnabled: z.boolean(),
    }),
  ),
  nextCursor: z.string().nullable(),
});

/** Turns features for as long as the engine runs; those that are not named stay. */
export const ExperimentalFeatureEnablementSetParams = z.object({
  enablement: z.record(z.string(), z.boolean()),
});
/** What the named features are now; unknown ones are left out. */
export const ExperimentalFeatureEnablementSetResponse = z.object({
  enablement: z.record(z.string(), z.boolean()),
});

/** What whoever looks after this machine has fixed; null where nobody has fixed anything (app-server §10). */
export const ConfigRequirementsReadResponse = z.object({
  supportsIndependentSpeedModes: z.boolean(),
  requirements: z
    .object({
      allowedLoginMethods: z.array(z.literal('api')),
      allowedApprovalPolicies: z.array(AskForApproval).nullable(),
      allowedApprovalsReviewers: z.array(ApprovalsReviewer).nullable(),
      allowedSandboxModes: z.array(SandboxMode).nullable(),
      featureRequirements: z.record(z.string(), z.boolean()).nullable(),
    })
    .nullable(),
});
export type ConfigRequirementsReadResponse = z.infer<typeof ConfigRequirementsReadResponse>;

export const SkillsListParams = z.object({
  cwds: maybe(z.array(z.string())),
  forceReload: maybe(z.boolean()),
});
/** The skills of each folder; the agent has none. */
export const SkillsListResponse = z.object({
  data: z.array(z.object({ cwd: z.string(), skills: z.tuple([]), errors: z.tuple([]) })),
});

/** The ways to work with people that a turn can be asked for (app-server §11). */
export const CollaborationModeListResponse = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      mode: z.enum(['plan', 'default']).nullable(),
      model: z.string().nullable(),
      reasoning_effort: z.string().nullable(),
    }),
  ),
});

export const HooksListParams = z.object({
  cwds: maybe(z.array(z.string())),
  threadId: maybe(z.string()),
});
/** The hooks of each folder; there are none yet. */
export const HooksListResponse = z.object({
  data: z.array(
    z.object({
      cwd: z.string(),
      hooks: z.tuple([]),
      warnings: z.tuple([]),
      errors: z.tuple([]),
    }),
  ),
});

export const PermissionProfileListParams = z.object({
  cursor: maybe(z.string()),
  limit: maybe(z.int().min(0)),
  cwd: maybe(z.string()),
});
export const PermissionProfileListResponse = z.object({
  data: z.array(
    z.object({ id: z.string(), description: z.string().nullable(), allowed: z.boolean() }),
  ),
  nextCursor: z.string().nullable(),
});
