export { createStandardTools, ToolRegistry } from './registry.ts';
export type { Tool, ToolContext } from './contract.ts';
