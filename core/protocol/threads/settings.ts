import * as z from 'zod';

import { maybe } from '../common.ts';
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

/** What a request may change while a thread lives, for the next turn and those after it. */
export const threadSettingChanges = {
  ...samplingSettings,
  ...permissionChoices,
  /** Not beside `permissions`. */
  sandboxPolicy: maybe(SandboxPolicy),
};

export const ThreadSettingsUpdateParams = z.object({
  threadId: z.string(),
  ...threadSettingChanges,
});
export type ThreadSettingsUpdateParams = z.infer<typeof ThreadSettingsUpdateParams>;

/** What the turns of a thread run with from now on. */
export const ThreadSettingsUpdatedNotification = z.object({
  threadId: z.string(),
  threadSettings: z.object({
    cwd: z.string(),
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
    collaborationMode: z.object({
      mode: z.literal('default'),
      settings: z.object({
        model: z.string(),
        reasoning_effort: z.string().nullable(),
        developer_instructions: z.string().nullable(),
      }),
    }),
    personality: z.null(),
  }),
});
