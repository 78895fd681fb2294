export type { ItemSink } from './callItems.ts';
export type {
  FileChangeLog,
  InputWatcher,
  ItemDelta,
  ItemDeltaMethod,
  NewItem,
  ShownItem,
  Tool,
  ToolCall,
  ToolContext,
  ToolNamespace,
  ToolResult,
  TurnSignals,
} from './contract.ts';
export { type ExecPorts, execTools } from './exec/index.ts';
export { fileTools } from './fileTools.ts';
export { checkDynamicTools, dynamicTools } from './dynamic/index.ts';
export { standardTools, ToolList, ToolRegistry, type ToolSource } from './registry.ts';
export { permissionTools } from './requestPermissions/index.ts';
export { runCalls, type ToolHost } from './runner.ts';
export { STOPPED_OUTPUT } from './stopped.ts';
export { loadTurnFileChanges, undoFileChanges } from './turnChanges.ts';
export type { ChangedFile, TurnFileChanges } from './fileChanges/index.ts';
