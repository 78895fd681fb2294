import * as z from 'zod';

import { maybe } from '../common.ts';

const Granular = z.object({
  granular: z.object({
    sandbox_approval: z.boolean(),
    rules: z.boolean(),
    skill_approval: z.boolean().default(false),
    request_permissions: z.boolean().default(false),
    mcp_elicitations: z.boolean(),
  }),
});

/** When people are asked before something is done (app-server §6). */
export const AskForApproval = z.union([z.enum(['untrusted', 'on-request', 'never']), Granular]);
export type AskForApproval = z.output<typeof AskForApproval>;

/** Who is asked: a person, or a model that reviews. */
export const ApprovalsReviewer = z.enum(['user', 'auto_review']);
export type ApprovalsReviewer = z.output<typeof ApprovalsReviewer>;

export const SandboxMode = z.enum(['read-only', 'workspace-write', 'danger-full-access']);
export type SandboxMode = z.output<typeof SandboxMode>;

const flag = z.boolean().default(false);

/** What commands may touch. Those who ask may leave the switches out. */
export const SandboxPolicy = z.discriminatedUnion('type', [
  z.object({ type: z.literal('dangerFullAccess') }),
  z.object({ type: z.literal('readOnly'), networkAccess: flag }),
  z.object({
    type: z.literal('workspaceWrite'),
    writableRoots: z.array(z.string()).default([]),
    networkAccess: flag,
    excludeTmpdirEnvVar: flag,
    excludeSlashTmp: flag,
  }),
  /** Somebody else sees to it. */
  z.object({
    type: z.literal('externalSandbox'),
    networkAccess: z.enum(['restricted', 'enabled']).default('restricted'),
  }),
]);
export type SandboxPolicy = z.output<typeof SandboxPolicy>;

/** The profile that the permissions come from, and the one it is made from. */
export const ActivePermissionProfile = z.object({ id: z.string(), extends: z.string().nullable() });
export type ActivePermissionProfile = z.output<typeof ActivePermissionProfile>;

/** What a request may say about permissions, whichever it is; absent ones stay as they are. */
export const permissionChoices = {
  /** `on-failure` is what older clients say for `on-request`. */
  approvalPolicy: maybe(z.union([AskForApproval, z.literal('on-failure')])),
  /** `guardian_subagent` is what older clients say for `auto_review`. */
  approvalsReviewer: maybe(z.union([ApprovalsReviewer, z.literal('guardian_subagent')])),
  /** The id of a profile; not beside a sandbox. */
  permissions: maybe(z.string()),
};
