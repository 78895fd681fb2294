export { withDenialsOf } from './denials.ts';
export { canonicalFileSet, depthOf, keyOf } from './fileSet.ts';
export { isByHost } from './network.ts';
export { placedFiles, type Places, type PlacedFiles } from './places.ts';
export { fileSetOfTable, type ProfileTable, unknownPlaces } from './profileTable.ts';
export { policyOfSandbox, sandboxOfPolicy } from './sandboxPolicy.ts';
export type {
  FilePolicy,
  FileSet,
  FileSetEntry,
  NetworkPolicy,
  PermissionPolicy,
} from './types.ts';
