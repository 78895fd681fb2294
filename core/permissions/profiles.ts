import type { PermissionsConfig } from '../config/index.ts';
import type { ActivePermissionProfile, SandboxMode, SandboxPolicy } from '../protocol/index.ts';
import { type AllowedPermissions, modeOf } from './allowed.ts';
import { PermissionsError } from './errors.ts';
import { READ_ONLY } from './sandboxPolicy.ts';

/** The person's own profiles by name; the built-in ones are known beside them. */
type PermissionProfiles = PermissionsConfig['profiles'];

const WORKSPACE_WRITE: SandboxPolicy = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

const BUILT_IN: ReadonlyMap<string, SandboxPolicy> = new Map<string, SandboxPolicy>([
  [':read-only', READ_ONLY],
  [':workspace', WORKSPACE_WRITE],
  [':danger-full-access', { type: 'dangerFullAccess' }],
]);
/** Nothing is made from the profile that allows everything. */
const NO_BASE = ':danger-full-access';

/** What a profile means. */
export type ChosenProfile = {
  readonly profile: ActivePermissionProfile;
  readonly sandboxPolicy: SandboxPolicy;
};

/**
 * The profile of that name. One of the person's own means what the built-in one means that it is made
 * from, and reading only where it is made from none: what it says of folders and hosts is not read yet,
 * and less is safer than more. Throws PermissionsError.
 */
export function chooseProfile(id: string, profiles: PermissionProfiles): ChosenProfile {
  const known = BUILT_IN.get(id);
  if (known !== undefined) return { profile: { id, extends: null }, sandboxPolicy: known };
  const own = profiles.get(id);
  if (own === undefined) throw undefinedProfile(id, profiles);
  return {
    profile: { id, extends: own.extends ?? null },
    sandboxPolicy: BUILT_IN.get(baseOf(id, profiles) ?? ':read-only') ?? READ_ONLY,
  };
}

/** The profiles there are, the built-in ones first, and whether this machine's requirements let one be chosen. */
export function listProfiles(
  profiles: PermissionProfiles,
  { sandboxModes }: Pick<AllowedPermissions, 'sandboxModes'>,
): { readonly id: string; readonly description: string | null; readonly allowed: boolean }[] {
  const own = Array.from(profiles, ([id, { description = null }]) => ({ id, description }));
  const all = [
    ...Array.from(BUILT_IN.keys(), (id) => ({ id, description: null })),
    ...own.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  ];
  return all.map(({ id, description }) => ({
    id,
    description,
    allowed: sandboxModes?.value.includes(modeOfProfile(id, profiles)) ?? true,
  }));
}

/** One whose line of bases is broken is refused when it is chosen; until then it allows nothing more. */
function modeOfProfile(id: string, profiles: PermissionProfiles): SandboxMode {
  try {
    return modeOf(chooseProfile(id, profiles).sandboxPolicy);
  } catch (error) {
    if (error instanceof PermissionsError) return 'read-only';
    throw error;
  }
}

/** The built-in profile at the end of the line; undefined where the line ends without one. */
function baseOf(id: string, profiles: PermissionProfiles): string | undefined {
  const line = [id];
  for (let current = id; ;) {
    const parent = profiles.get(current)?.extends;
    if (parent === undefined) return undefined;
    if (parent === NO_BASE) {
      throw new PermissionsError(
        `permissions profile \`${current}\` cannot extend unsupported built-in profile \`${NO_BASE}\``,
      );
    }
    if (BUILT_IN.has(parent)) return parent;
    if (line.includes(parent)) {
      const cycle = [...line.slice(line.indexOf(parent)), parent].join(' -> ');
      throw new PermissionsError(`permissions profile inheritance cycle detected: ${cycle}`);
    }
    if (!profiles.has(parent)) throw undefinedProfile(parent, profiles);
    line.push(parent);
    current = parent;
  }
}

function undefinedProfile(id: string, profiles: PermissionProfiles): PermissionsError {
  if (id.startsWith(':')) {
    return new PermissionsError(`default_permissions refers to unknown built-in profile \`${id}\``);
  }
  return new PermissionsError(
    profiles.size === 0
      ? 'default_permissions requires a `[permissions]` table'
      : `default_permissions refers to undefined profile \`${id}\``,
  );
}
