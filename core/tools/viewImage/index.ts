export { viewImageTool } from './tool.ts';
