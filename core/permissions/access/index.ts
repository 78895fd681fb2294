export { accessTo } from './accessTo.ts';
export { canonicalEntries, canonicalNames, compareText } from './canonical.ts';
export { matchesDenyGlob } from './denyGlob.ts';
export { hasFullDiskWrite } from './fullDisk.ts';
export { escapeGlob, globFolder } from './globNames.ts';
export { isWithin, narrowest, PRECEDENCE, RANK } from './narrowest.ts';
export type {
  Access,
  FileEntry,
  FileRules,
  ResolvedPermissions,
  RestrictedFiles,
} from './types.ts';
