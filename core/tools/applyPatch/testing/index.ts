export { type PatchCase, patchCases, tryPatch } from './patchCases.ts';
