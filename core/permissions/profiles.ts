import { isAbsolute } from 'node:path';

import type { PermissionsConfig } from '../config/index.ts';
import type { ActivePermissionProfile, SandboxMode, SandboxPolicy } from '../protocol/index.ts';
import { type AllowedPermissions, modeOf } from './allowed.ts';
import { PermissionsError } from './errors.ts';
import {
  canonicalFileSet,
  depthOf,
  type FileSet,
  fileSetOfTable,
  isByHost,
  keyOf,
  type NetworkPolicy,
  type PermissionPolicy,
  policyOfSandbox,
  type ProfileTable,
  unknownPlaces,
} from './policy/index.ts';

/** The person's own profiles by name; the built-in ones are known beside them. */
type PermissionProfiles = PermissionsConfig['profiles'];

const WORKSPACE_WRITE: SandboxPolicy = {
  type: 'workspaceWrite',
  writableRoots: [],
  networkAccess: false,
  excludeTmpdirEnvVar: false,
  excludeSlashTmp: false,
};

/** What a thread may touch where nobody says anything. */
export const READ_ONLY: PermissionPolicy = policyOfSandbox({
  type: 'readOnly',
  networkAccess: false,
});

const BUILT_IN: ReadonlyMap<string, PermissionPolicy> = new Map([
  [':read-only', READ_ONLY],
  [':workspace', policyOfSandbox(WORKSPACE_WRITE)],
  [':danger-full-access', policyOfSandbox({ type: 'dangerFullAccess' })],
]);
/** Nothing is made from the profile that allows everything. */
const NO_BASE = ':danger-full-access';

/** Whether a name is one of the product's own, which stand for a mode. */
export const isBuiltIn = (id: string): boolean => BUILT_IN.has(id);

/** What a profile means. */
export type ChosenProfile = {
  readonly profile: ActivePermissionProfile;
  readonly policy: PermissionPolicy;
};

/** The profile of that name (permissions §3). Throws PermissionsError where it is not to be had as it is written. */
export function chooseProfile(id: string, profiles: PermissionProfiles): ChosenProfile {
  const known = BUILT_IN.get(id);
  if (known !== undefined) return { profile: { id, extends: null }, policy: known };
  const own = profiles.get(id);
  if (own === undefined) throw undefinedProfile(id, profiles);
  const { base, line } = lineOf(id, profiles);
  return {
    profile: { id, extends: own.extends ?? null },
    policy: line.reduceRight<PermissionPolicy>(extended, base),
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

/** One that is not to be had as it is written is refused when it is chosen; until then it allows nothing more. */
function modeOfProfile(id: string, profiles: PermissionProfiles): SandboxMode {
  try {
    return modeOf(chooseProfile(id, profiles).policy);
  } catch (error) {
    if (error instanceof PermissionsError) return 'read-only';
    throw error;
  }
}

/** Nothing at all, which a profile that is made from none adds to. */
const CLOSED: PermissionPolicy = {
  files: { kind: 'restricted', entries: [] },
  network: { enabled: false },
  workspaceRoots: [],
};

/** The profile, what it is made from and so on, and the built-in one at the end where there is one. */
function lineOf(
  id: string,
  profiles: PermissionProfiles,
): { readonly base: PermissionPolicy; readonly line: readonly ProfileTable[] } {
  const names: string[] = [];
  const line: ProfileTable[] = [];
  for (let current = id; ;) {
    const table = profiles.get(current);
    if (table === undefined) throw undefinedProfile(current, profiles);
    if (current.startsWith(':')) {
      throw new PermissionsError(
        `permissions profile \`${current}\` uses a reserved built-in profile prefix`,
      );
    }
    names.push(current);
    line.push(table);
    const parent = table.extends;
    if (parent === undefined) return { base: CLOSED, line };
    if (parent === NO_BASE) {
      throw new PermissionsError(
        `permissions profile \`${current}\` cannot extend unsupported built-in profile \`${NO_BASE}\``,
      );
    }
    const base = BUILT_IN.get(parent);
    if (base !== undefined) return { base, line };
    if (names.includes(parent)) {
      const cycle = [...names.slice(names.indexOf(parent)), parent].join(' -> ');
      throw new PermissionsError(`permissions profile inheritance cycle detected: ${cycle}`);
    }
    current = parent;
  }
}

/** What a profile says goes over what it is made from, place by place and field by field. */
function extended(base: PermissionPolicy, table: ProfileTable): PermissionPolicy {
  if (base.files.kind !== 'restricted') return base;
  const { network = {}, workspace_roots: roots = {} } = table;
  return {
    files: { kind: 'restricted', ...over(base.files, fileSetOfTable(table)) },
    network: networkOver(base.network, network),
    workspaceRoots: [
      ...base.workspaceRoots.filter((root) => roots[root] !== false),
      ...Object.entries(roots).flatMap(([root, isOne]) => (isOne ? checkedRoot(root) : [])),
    ],
  };
}

function over(base: FileSet, own: FileSet): FileSet {
  const replaced = new Set(own.entries.map(({ path }) => keyOf(path)));
  return canonicalFileSet({
    entries: [...base.entries.filter(({ path }) => !replaced.has(keyOf(path))), ...own.entries],
    ...depthOf(own.globScanMaxDepth ?? base.globScanMaxDepth),
  });
}

function networkOver(
  base: NetworkPolicy,
  { enabled, mode, domains, unix_sockets: unixSockets }: NonNullable<ProfileTable['network']>,
): NetworkPolicy {
  return {
    ...base,
    ...(enabled !== undefined && { enabled }),
    ...(mode !== undefined && { mode }),
    ...(domains !== undefined && { domains: { ...base.domains, ...rulesOf(domains) } }),
    ...(unixSockets !== undefined && {
      unixSockets: { ...base.unixSockets, ...rulesOf(unixSockets) },
    }),
  };
}

const rulesOf = (
  written: Readonly<Record<string, 'allow' | 'deny' | 'none'>>,
): Record<string, 'allow' | 'deny'> =>
  Object.fromEntries(
    Object.entries(written).map(([name, rule]) => [name, rule === 'allow' ? 'allow' : 'deny']),
  );

function checkedRoot(root: string): string {
  if (root === '~' || root.startsWith('~/') || isAbsolute(root)) return root;
  throw new PermissionsError(`workspace root \`${root}\` must be absolute or start with \`~/\``);
}

/** What of the chosen profile is not as it was written, for people. */
export function profileWarnings({
  policy: { files, network },
  activeProfile,
}: {
  readonly policy: PermissionPolicy;
  readonly activeProfile: ActivePermissionProfile | null;
}): readonly string[] {
  if (activeProfile === null || files.kind !== 'restricted') return [];
  const { id } = activeProfile;
  const unknown = unknownPlaces(files).map(
    (place) =>
      `The permissions profile \`${id}\` names \`${place}\`, which Parley does not know; it is passed over.`,
  );
  return [
    ...unknown,
    ...(files.entries.length === unknown.length
      ? [`The permissions profile \`${id}\` names no file that may be read, so no command can run.`]
      : []),
    ...(network.enabled && isByHost(network)
      ? [
          `The permissions profile \`${id}\` allows the network for some hosts only, which Parley cannot see to yet; commands get none.`,
        ]
      : []),
  ];
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
