export { withDenialsOf } from './denials.ts';
export { canonicalFileSet, depthOf, keyOf, unitedDepth } from './fileSet.ts';
export { isByHost } from './network.ts';
export {
  absolutePath,
  placedFiles,
  type PlacedFiles,
  type Places,
  placesOf,
  type TurnMachine,
} from './places.ts';
export { fileSetOfTable, type ProfileTable, unknownPlaces } from './profileTable.ts';
export { policyOfSandbox, sandboxOfPolicy } from './sandboxPolicy.ts';
export type {
  FilePolicy,
  FileSet,
  FileSetEntry,
  NetworkPolicy,
  PermissionPolicy,
} from './types.ts';
