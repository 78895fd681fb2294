import type { Requirements } from '../config/index.ts';
import type {
  ActivePermissionProfile,
  ApprovalsReviewer,
  AskForApproval,
  SandboxMode,
  SandboxPolicy,
} from '../protocol/index.ts';
import { READ_ONLY } from './sandboxPolicy.ts';

/** What whoever looks after this machine lets threads be given. */
export type AllowedPermissions = Pick<
  Requirements,
  'approvalPolicies' | 'approvalsReviewers' | 'sandboxModes'
>;

/** Of the permissions what can be limited. */
type Limited = {
  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  readonly sandboxPolicy: SandboxPolicy;
};

/** A permission that is not to be had here. */
type Refusal = { readonly field: keyof Limited; readonly message: string };

/** What of these permissions is not allowed, each with the file that says so. */
export function refusalsOf(
  { approvalPolicy, approvalsReviewer, sandboxPolicy }: Limited,
  { approvalPolicies, approvalsReviewers, sandboxModes }: AllowedPermissions,
): readonly Refusal[] {
  const mode = modeOf(sandboxPolicy);
  const isPolicyAllowed =
    approvalPolicies?.value.some((allowed) => isSame(policyOf(allowed), approvalPolicy)) ?? true;
  const isReviewerAllowed =
    approvalsReviewers?.value.some((allowed) => reviewerOf(allowed) === approvalsReviewer) ?? true;
  const isModeAllowed = sandboxModes?.value.includes(mode) ?? true;
  return [
    ...(isPolicyAllowed
      ? []
      : [refusal('approvalPolicy', wordOf(approvalPolicy), approvalPolicies?.file)]),
    ...(isReviewerAllowed
      ? []
      : [refusal('approvalsReviewer', approvalsReviewer, approvalsReviewers?.file)]),
    ...(isModeAllowed ? [] : [refusal('sandboxPolicy', mode, sandboxModes?.file)]),
  ];
}

/** The first allowed value in place of each that is not; reading only is always allowed. */
export function insteadOf(
  refused: readonly Refusal[],
  allowed: AllowedPermissions,
): Partial<Limited & { readonly activeProfile: ActivePermissionProfile }> {
  const fields = new Set(refused.map(({ field }) => field));
  const [policy] = allowed.approvalPolicies?.value ?? [];
  const [reviewer] = allowed.approvalsReviewers?.value ?? [];
  return {
    ...(fields.has('approvalPolicy') &&
      policy !== undefined && { approvalPolicy: policyOf(policy) }),
    ...(fields.has('approvalsReviewer') &&
      reviewer !== undefined && { approvalsReviewer: reviewerOf(reviewer) }),
    ...(fields.has('sandboxPolicy') && {
      sandboxPolicy: READ_ONLY,
      activeProfile: { id: ':read-only', extends: null },
    }),
  };
}

/** Older words are read as what they mean now. */
export const policyOf = (asked: AskForApproval | 'on-failure'): AskForApproval =>
  asked === 'on-failure' ? 'on-request' : asked;

export const reviewerOf = (asked: ApprovalsReviewer | 'guardian_subagent'): ApprovalsReviewer =>
  asked === 'guardian_subagent' ? 'auto_review' : asked;

/** What a policy allows at most; what somebody else sees to may be anything. */
export function modeOf({ type }: SandboxPolicy): SandboxMode {
  switch (type) {
    case 'readOnly':
      return 'read-only';
    case 'workspaceWrite':
      return 'workspace-write';
    case 'dangerFullAccess':
    case 'externalSandbox':
      return 'danger-full-access';
  }
}

const refusal = (field: Refusal['field'], value: string, file = ''): Refusal => ({
  field,
  message: `${field} ${value} is not allowed by ${file}`,
});

const wordOf = (policy: AskForApproval): string =>
  typeof policy === 'string' ? policy : 'granular';

const isSame = (left: AskForApproval, right: AskForApproval): boolean =>
  typeof left === 'string' || typeof right === 'string'
    ? left === right
    : Object.entries(left.granular).every(
        ([name, value]) => Reflect.get(right.granular, name) === value,
      );
