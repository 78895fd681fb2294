export type { ItemSink } from './callItems.ts';
export type {
  ItemDelta,
  ItemDeltaMethod,
  NewItem,
  ShownItem,
  Tool,
  ToolCall,
  ToolContext,
  ToolNamespace,
} from './contract.ts';
export { createStandardTools, ToolList, ToolRegistry, type ToolSource } from './registry.ts';
export { runCalls, STOPPED_OUTPUT, type ToolHost } from './runner.ts';
