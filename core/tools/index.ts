export { createStandardTools, ToolRegistry } from './registry.ts';
export type { Asked, Tool, ToolContext } from './contract.ts';
