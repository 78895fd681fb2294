export { ModelClient, type ModelClientSession, type StreamOptions } from './session/index.ts';
export {
  answeredCallId,
  type Authenticated,
  type ContentPart,
  type CustomToolCallItem,
  type CustomToolCallOutputItem,
  type FunctionCallItem,
  type FunctionCallOutputItem,
  type CustomTool,
  type FunctionTool,
  freshTrace,
  itemForWire,
  itemIdOf,
  type MessageItem,
  messageText,
  ModelAbortedError,
  ModelError,
  type ModelEvent,
  type ModelProvider,
  type ModelRequest,
  type ModelTool,
  type NamespaceTool,
  type OtherCall,
  otherCallOf,
  type OtherTool,
  type ReasoningItem,
  ResponseItem,
  type RetryNotice,
  textMessage,
  type ToolOutput,
  type TraceContext,
} from './contract/index.ts';
export {
  createNodeHttp,
  HttpError,
  type HttpFailure,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
  readText,
} from './http/index.ts';
export type { TurnContext } from './request/index.ts';
export {
  createNodeSockets,
  type ModelSocket,
  type SocketAccess,
  type SocketOpening,
  type SocketPort,
  type SocketRequest,
  SocketCircuitBreaker,
} from './sockets/index.ts';
export { mergeRateLimits, readParts, type StreamPart } from './response/index.ts';
export type { ModelClientOptions, ModelLog } from './transport/index.ts';
