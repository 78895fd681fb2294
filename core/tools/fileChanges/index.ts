export { CommitError, commitEdits, type FileEdit } from './commitEdits.ts';
export { type FileState, readState } from './fileState.ts';
export { hunksOf } from './gitDiff.ts';
export { inParallel } from './inParallel.ts';
export { realLocation, realName } from './location.ts';
export {
  type ChangedFile,
  TurnFileChanges,
  type TurnFileChangesOptions,
} from './turnFileChanges.ts';
export { undoFileChanges } from './undoChanges.ts';
export { FileJudge, type FileVerdict } from './fileJudge.ts';
