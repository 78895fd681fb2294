export { accessTo, narrowest, PRECEDENCE } from './accessTo.ts';
export { canonicalEntries, canonicalNames, compareText } from './canonical.ts';
export { escapeGlob, globFolder, matchesDenyGlob } from './denyGlob.ts';
export { hasFullDiskWrite } from './fullDisk.ts';
export type {
  Access,
  FileEntry,
  FileRules,
  ResolvedPermissions,
  RestrictedFiles,
} from './types.ts';
