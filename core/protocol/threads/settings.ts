import * as z from 'zod';

import { maybe } from '../common.ts';
import { ThreadEnvironment, TurnEnvironmentParams } from './environment.ts';
import {
  ActivePermissionProfile,
  ApprovalsReviewer,
  AskForApproval,
  permissionChoices,
  SandboxPolicy,
} from './permissions.ts';

export const ReasoningSummary = z.enum(['auto', 'concise', 'detailed', 'none']);
export type ReasoningSummary = z.infer<typeof ReasoningSummary>;
export const Verbosity = z.enum(['low', 'medium', 'high']);
export type Verbosity = z.infer<typeof Verbosity>;

/** How the model is asked, from the turn they come with onwards; absent ones stay as they are. */
export const samplingSettings = {
  model: maybe(z.string()),
  /** Absent keeps the tier, null clears it (app-server §1). */
  serviceTier: maybe(z.string()),
  effort: maybe(z.string()),
  summary: maybe(ReasoningSummary),
  /** Parley's addition. */
  verbosity: maybe(Verbosity),
};

/** A mode of working together; there is one, and what it brings along takes the place of model and effort. */
export const CollaborationMode = z.object({
  mode: z.string(),
  settings: z.object({
    model: z.string(),
    reasoning_effort: maybe(z.string()),
    developer_instructions: maybe(z.string()),
  }),
});
export type CollaborationMode = z.infer<typeof CollaborationMode>;

/** What a request may change while a thread lives, for the next turn and those after it. */
export const threadSettingChanges = {
  ...samplingSettings,
  /** One that is not absolute is below the folder there was. */
  cwd: maybe(z.string()),
  /** Absolute; absent with a new `cwd` means that folder alone. */
  runtimeWorkspaceRoots: maybe(z.array(z.string())),
  collaborationMode: maybe(CollaborationMode),
  ...permissionChoices,
  /** Not beside `permissions`. */
  sandboxPolicy: maybe(SandboxPolicy),
};

export const ThreadSettingsUpdateParams = z.object({
  threadId: z.string(),
  ...threadSettingChanges,
  /** Absent keeps them, unless there is a new `cwd`; none at all is a choice as well. */
  environments: maybe(z.array(TurnEnvironmentParams)),
});
export type ThreadSettingsUpdateParams = z.infer<typeof ThreadSettingsUpdateParams>;

/** What the turns of a thread run with from now on. */
export const ThreadSettingsUpdatedNotification = z.object({
  threadId: z.string(),
  threadSettings: z.object({
    cwd: z.string(),
    environments: maybe(z.array(ThreadEnvironment)),
    model: z.string(),
    modelProvider: z.string(),
    serviceTier: z.string().nullable(),
    effort: z.string().nullable(),
    summary: z.nullable(ReasoningSummary),
    /** Parley's addition. */
    verbosity: z.nullable(Verbosity),
    approvalPolicy: AskForApproval,
    approvalsReviewer: ApprovalsReviewer,
    sandboxPolicy: SandboxPolicy,
    activePermissionProfile: z.nullable(ActivePermissionProfile),
    collaborationMode: CollaborationMode,
    personality: z.null(),
    disabledPluginIds: maybe(z.array(z.string())),
    multiAgentMode: maybe(z.literal('explicitRequestOnly')),
  }),
});
