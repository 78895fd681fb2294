import type { PermissionsConfig } from '../config/index.ts';
import type { SandboxMode, SandboxPolicy } from '../protocol/index.ts';

export const READ_ONLY: SandboxPolicy = { type: 'readOnly', networkAccess: false };

/** The policy that an older name of one stands for. */
export function policyOfMode(
  mode: SandboxMode,
  workspace: PermissionsConfig['workspace'],
): SandboxPolicy {
  switch (mode) {
    case 'read-only':
      return READ_ONLY;
    case 'workspace-write':
      return canonicalPolicy({
        ...workspace,
        type: 'workspaceWrite',
        writableRoots: [...workspace.writableRoots],
      });
    case 'danger-full-access':
      return { type: 'dangerFullAccess' };
  }
}

/** Two policies that mean the same look the same: roots are sorted and named once. */
export function canonicalPolicy(policy: SandboxPolicy): SandboxPolicy {
  return policy.type === 'workspaceWrite'
    ? { ...policy, writableRoots: Array.from(new Set(policy.writableRoots)).toSorted() }
    : policy;
}
