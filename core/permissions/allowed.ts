import type { Requirements } from '../config/index.ts';
import type {
  ActivePermissionProfile,
  ApprovalsReviewer,
  AskForApproval,
  SandboxMode,
} from '../protocol/index.ts';
import { placedFiles, type PermissionPolicy } from './policy/index.ts';

/** What whoever looks after this machine lets threads be given. */
export type AllowedPermissions = Pick<
  Requirements,
  'approvalPolicies' | 'approvalsReviewers' | 'sandboxModes'
>;

/** Of the permissions what can be limited. */
type Limited = {
  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  readonly policy: PermissionPolicy;
};

/** A permission that is not to be had here. */
export type Refusal = {
  readonly field: 'approvalPolicy' | 'approvalsReviewer' | 'sandboxPolicy';
  readonly message: string;
};

/** What of these permissions is not allowed, each with the file that says so. */
export function refusalsOf(
  { approvalPolicy, approvalsReviewer, policy }: Limited,
  { approvalPolicies, approvalsReviewers, sandboxModes }: AllowedPermissions,
): readonly Refusal[] {
  const mode = modeOf(policy);
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
  reading: PermissionPolicy,
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
      policy: reading,
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
export function modeOf({ files }: PermissionPolicy): SandboxMode {
  if (files.kind !== 'restricted') return 'danger-full-access';
  const { entries } = placedFiles(files, { cwd: '/', workspaceRoots: [], hasSlashTmp: false });
  if (entries.some(({ path, access }) => path === '/' && access === 'write')) {
    return 'danger-full-access';
  }
  return files.entries.some(({ access }) => access === 'write') ? 'workspace-write' : 'read-only';
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
