import type { ResolvedPermissions } from '../access/index.ts';
import type { FileSet, PlacedFiles } from '../policy/index.ts';

/** What somebody asks for, or answers, beyond what a thread may do; its places are those of the asking turn. */
export type ExtraPermissions = { readonly files: FileSet; readonly network: boolean };

/** What people allowed beyond what a thread may do; absolute, as all that is in force. */
export type PermissionGrant = PlacedFiles & { readonly network: ResolvedPermissions['network'] };
