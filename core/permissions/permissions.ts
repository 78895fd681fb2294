import { type Config, NO_REQUIREMENTS, type PermissionsConfig } from '../config/index.ts';
import type {
  ActivePermissionProfile,
  ApprovalsReviewer,
  AskForApproval,
  SandboxMode,
  SandboxPolicy,
  ThreadEnvironment,
} from '../protocol/index.ts';
import {
  type AllowedPermissions,
  insteadOf,
  modeOf,
  policyOf,
  type Refusal,
  refusalsOf,
  reviewerOf,
} from './allowed.ts';
import { PermissionsError } from './errors.ts';
import {
  type PermissionPolicy,
  policyOfSandbox,
  sandboxOfPolicy,
  withDenialsOf,
} from './policy/index.ts';
import { chooseProfile, isBuiltIn, profileWarnings, READ_ONLY } from './profiles.ts';

/** What a thread may do, and who is asked about the rest: a value of its settings. */
export type Permissions = {
  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  readonly policy: PermissionPolicy;
  /** Where the policy comes from a profile; null where it was given by itself. */
  readonly activeProfile: ActivePermissionProfile | null;
  /** What there is to choose from: the person's own profiles, and what a mode means here. */
  readonly choices: Pick<PermissionsConfig, 'profiles' | 'workspace'>;
  /** What no request goes beyond. */
  readonly allowed: AllowedPermissions;
};

/** What somebody asks for; what is absent or null stays as it is. */
export type PermissionRequest = {
  readonly approvalPolicy?: AskForApproval | 'on-failure' | null | undefined;
  readonly approvalsReviewer?: ApprovalsReviewer | 'guardian_subagent' | null | undefined;
  readonly sandbox?: SandboxMode | null | undefined;
  readonly sandboxPolicy?: SandboxPolicy | null | undefined;
  readonly permissions?: string | null | undefined;
};

/** What a thread may do where nobody says anything: it reads, and people are asked. */
export const DEFAULT_PERMISSIONS: Permissions = {
  approvalPolicy: 'on-request',
  approvalsReviewer: 'user',
  policy: READ_ONLY,
  activeProfile: { id: ':read-only', extends: null },
  choices: {
    profiles: new Map(),
    workspace: {
      writableRoots: [],
      networkAccess: false,
      excludeTmpdirEnvVar: false,
      excludeSlashTmp: false,
    },
  },
  allowed: NO_REQUIREMENTS,
};

/** Permissions, and what somebody should know of how they came about. */
export type PermissionsWithin = {
  readonly permissions: Permissions;
  readonly warnings: readonly string[];
};

/**
 * What a thread begins with: as the settings file has it, with what its request says over it, and within what is
 * allowed, of which the sentences tell where that is not what was asked for. Throws PermissionsError.
 */
export function startingPermissions(
  config: Pick<Config, 'permissions'>,
  allowed: AllowedPermissions,
  asked: PermissionRequest = {},
): PermissionsWithin {
  const wanted = merged(configuredPermissions(config), asked);
  const refused = refusalsOf(wanted, allowed);
  const reading = withDenialsOf(READ_ONLY, wanted.policy);
  const permissions = { ...wanted, ...insteadOf(refused, allowed, reading), allowed };
  const warnings = refused.map(
    ({ field, message }) => `${message}; ${wordsOf(permissions, field)} is used in its place.`,
  );
  return { permissions, warnings: [...warnings, ...profileWarnings(permissions)] };
}

function wordsOf(
  { approvalPolicy, approvalsReviewer, policy }: Permissions,
  field: Refusal['field'],
): string {
  if (field === 'sandboxPolicy') return modeOf(policy);
  if (field === 'approvalsReviewer') return approvalsReviewer;
  return typeof approvalPolicy === 'string' ? approvalPolicy : 'granular';
}

/** As the settings file has them; reading only, and asking, where it says nothing. Throws PermissionsError. */
export function configuredPermissions({
  permissions: config,
}: Pick<Config, 'permissions'>): Permissions {
  const { approvalPolicy, approvalsReviewer, sandboxMode, defaultPermissions } = config;
  const { profiles, workspace } = config;
  const unset = { ...DEFAULT_PERMISSIONS, choices: { profiles, workspace } };
  return merged(unset, {
    approvalPolicy,
    approvalsReviewer,
    // A profile says more than a mode, so it is the one that counts where both stand.
    ...(defaultPermissions === undefined && sandboxMode !== undefined
      ? { sandbox: sandboxMode }
      : { permissions: defaultPermissions ?? ':read-only' }),
  });
}

/** The permissions there were, with what a request says over them. Throws PermissionsError, also for what is not allowed. */
export function permissionsFor(before: Permissions, asked: PermissionRequest): Permissions {
  const permissions = merged(before, asked);
  const [refused] = permissions === before ? [] : refusalsOf(permissions, before.allowed);
  if (refused !== undefined) throw new PermissionsError(refused.message);
  return permissions;
}

function merged(before: Permissions, asked: PermissionRequest): Permissions {
  const { approvalPolicy, approvalsReviewer, sandbox, sandboxPolicy, permissions } = asked;
  const all = [approvalPolicy, approvalsReviewer, sandbox, sandboxPolicy, permissions];
  // As nearly every turn does: whoever compares sees at once that nothing has changed.
  if (!all.some(isGiven)) return before;
  return {
    ...before,
    ...(isGiven(approvalPolicy) && { approvalPolicy: policyOf(approvalPolicy) }),
    ...(isGiven(approvalsReviewer) && {
      approvalsReviewer: reviewerOf(approvalsReviewer),
    }),
    ...sandboxOf(before, asked),
  };
}

function sandboxOf(
  { choices, policy }: Permissions,
  { sandbox, sandboxPolicy, permissions }: PermissionRequest,
): Partial<Pick<Permissions, 'policy' | 'activeProfile'>> {
  const given = Object.entries({ permissions, sandbox, sandboxPolicy }).filter(([, value]) =>
    isGiven(value),
  );
  if (given.length > 1) {
    throw new PermissionsError(
      given.map(([name]) => `\`${name}\``).join(' cannot be combined with '),
    );
  }
  if (isGiven(permissions)) {
    const { profile, policy: chosen } = chooseProfile(permissions, choices.profiles);
    // The product's own profiles are modes by another name; a person's own one says all that is meant.
    return {
      policy: isBuiltIn(permissions) ? withDenialsOf(chosen, policy) : chosen,
      activeProfile: profile,
    };
  }
  const mode = isGiven(sandbox) ? sandboxOfMode(sandbox, choices.workspace) : sandboxPolicy;
  if (!isGiven(mode)) return {};
  return { policy: withDenialsOf(policyOfSandbox(mode), policy), activeProfile: null };
}

/** What a mode means with this machine's settings. */
function sandboxOfMode(
  mode: SandboxMode,
  workspace: PermissionsConfig['workspace'],
): SandboxPolicy {
  switch (mode) {
    case 'read-only':
      return { type: 'readOnly', networkAccess: false };
    case 'workspace-write':
      return {
        ...workspace,
        type: 'workspaceWrite',
        writableRoots: [...workspace.writableRoots],
      };
    case 'danger-full-access':
      return { type: 'dangerFullAccess' };
  }
}

const isGiven = <Value>(value: Value | null | undefined): value is Value =>
  value !== null && value !== undefined;

/** What clients are told of a thread's permissions. */
export type DescribedPermissions = {
  readonly approvalPolicy: AskForApproval;
  readonly approvalsReviewer: ApprovalsReviewer;
  readonly sandboxPolicy: SandboxPolicy;
  readonly activePermissionProfile: ActivePermissionProfile | null;
};

/** What of them is in force for a thread that works there, as far as older clients have words for it. */
export function describePermissions(
  { approvalPolicy, approvalsReviewer, policy, activeProfile }: Permissions,
  { cwd, environments }: Workplace,
): DescribedPermissions {
  const workspaceRoots = environments[0]?.runtimeWorkspaceRoots ?? [];
  return {
    approvalPolicy,
    approvalsReviewer,
    sandboxPolicy: sandboxOfPolicy(policy, { cwd, workspaceRoots }),
    activePermissionProfile: activeProfile,
  };
}

type Workplace = {
  readonly cwd: string;
  readonly environments: readonly ThreadEnvironment[];
};
