export { ModelAbortedError, ModelError } from './errors.ts';
export type { ModelEvent, RetryNotice } from './events.ts';
export {
  answeredCallId,
  type ContentPart,
  type CustomToolCallItem,
  type CustomToolCallOutputItem,
  type FunctionCallItem,
  type FunctionCallOutputItem,
  isCall,
  itemForWire,
  itemIdOf,
  type MessageItem,
  messageText,
  type OtherCall,
  otherCallOf,
  type ReasoningItem,
  ResponseItem,
  textMessage,
  type ToolOutput,
} from './items.ts';
export type { Authenticated, Key, ModelProvider } from './provider.ts';
export type {
  CompactionPurpose,
  CustomTool,
  FunctionTool,
  ModelRequest,
  ModelTool,
  NamespaceTool,
  ToolSearchTool,
  OtherTool,
} from './request.ts';
export { freshTrace, type TraceContext } from './trace.ts';
