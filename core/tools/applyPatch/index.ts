export { applyPatchTool } from './tool.ts';
