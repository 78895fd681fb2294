export { accessTo, narrowest } from './accessTo.ts';
export { canonicalEntries, canonicalNames } from './canonical.ts';
export type {
  Access,
  FileEntry,
  FileRules,
  ResolvedPermissions,
  RestrictedFiles,
} from './types.ts';
