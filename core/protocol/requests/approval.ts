import * as z from 'zod';

import { CommandAction } from '../commandAction.ts';
import { maybe } from '../common.ts';
import { PermissionProfile } from './permissionProfile.ts';

/** Where an approval belongs, and since when it has been asked for. */
const asked = {
  threadId: z.string(),
  turnId: z.string(),
  itemId: z.string(),
  startedAtMs: z.int(),
};

const NetworkPolicyAmendment = z.object({ host: z.string(), action: z.enum(['allow', 'deny']) });

const CommandApprovalDecision = z.union([
  z.enum(['accept', 'acceptForSession', 'decline', 'cancel']),
  z.strictObject({
    acceptWithExecpolicyAmendment: z.object({ execpolicy_amendment: z.array(z.string()) }),
  }),
  z.strictObject({
    applyNetworkPolicyAmendment: z.object({ network_policy_amendment: NetworkPolicyAmendment }),
  }),
]);

/**
 * May a command run, may it be typed into, may it reach a host? The last is asked without `command` and
 * `cwd`, but with `networkApprovalContext` (app-server §8).
 */
export const CommandApprovalParams = z.object({
  ...asked,
  kind: z.enum(['command', 'humanCommand', 'writeStdin']),
  /** Tells several approvals of one item apart. */
  approvalId: maybe(z.string()),
  environmentId: z.string().nullable(),
  /** Why, as the model or the engine puts it. */
  reason: maybe(z.string()),
  command: maybe(z.string()),
  cwd: maybe(z.string()),
  commandActions: maybe(z.array(CommandAction)),
  networkApprovalContext: maybe(
    z.object({
      host: z.string(),
      protocol: z.enum(['http', 'https', 'socks5Tcp', 'socks5Udp']),
    }),
  ),
  additionalPermissions: maybe(PermissionProfile),
  proposedExecpolicyAmendment: maybe(z.array(z.string())),
  proposedNetworkPolicyAmendments: maybe(z.array(NetworkPolicyAmendment)),
  /** What a client may offer, in this order; `decline` and `acceptForSession` are understood always. */
  availableDecisions: maybe(z.array(CommandApprovalDecision)),
});

/** Parley's addition: with a refusal, what the model is told of it. */
const message = maybe(z.string());

export const CommandApprovalResponse = z.object({ decision: CommandApprovalDecision, message });

/** May these files be changed? The changes stand in the item, which has been started before. */
export const FileChangeApprovalParams = z.object({
  ...asked,
  reason: z.string().nullable(),
  grantRoot: z.string().nullable(),
});
export const FileChangeApprovalResponse = z.object({
  decision: z.enum(['accept', 'acceptForSession', 'decline', 'cancel']),
  message,
});

/** May the agent touch more than it is allowed to? `cwd` is where the turn that asks works. */
export const PermissionsApprovalParams = z.object({
  ...asked,
  environmentId: z.string().nullable(),
  cwd: z.string(),
  reason: z.string().nullable(),
  permissions: PermissionProfile,
});
export const PermissionsApprovalResponse = z.object({
  /** What is granted; counts as far as it was asked for. Nothing at all is a refusal. */
  permissions: PermissionProfile,
  scope: z.enum(['turn', 'session']).default('turn'),
  strictAutoReview: maybe(z.boolean()),
  message,
});
