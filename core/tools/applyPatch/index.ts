export { patchOfScript } from './patchOfScript.ts';
export { applyPatch, applyPatchTool } from './tool.ts';
