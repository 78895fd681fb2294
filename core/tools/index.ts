export { createStandardTools, type Tool, type ToolContext, ToolRegistry } from './registry.ts';
