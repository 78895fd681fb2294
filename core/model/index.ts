export { ModelClient } from './client.ts';
export { ModelAbortedError, ModelError } from './errors.ts';
export type { ModelEvent, RetryNotice } from './events.ts';
export {
  HttpError,
  type HttpFailure,
  type HttpPort,
  type HttpRequest,
  type HttpResponse,
} from './http.ts';
export {
  type ContentPart,
  type CustomToolCallItem,
  type CustomToolCallOutputItem,
  type FunctionCallItem,
  type FunctionCallOutputItem,
  itemForWire,
  type MessageItem,
  messageText,
  type ReasoningItem,
  ResponseItem,
  textMessage,
  type ToolOutput,
} from './items.ts';
export type { TurnContext } from './metadata.ts';
export { createNodeHttp } from './nodeHttp.ts';
export { createNodeSockets } from './nodeSockets.ts';
export type { ModelProvider } from './provider.ts';
export { mergeRateLimits } from './rateLimits.ts';
export type { FunctionTool, ModelRequest, ModelTool, OtherTool } from './request.ts';
export type { ModelClientSession, StreamOptions } from './session.ts';
export type { ModelSocket, SocketOpening, SocketPort, SocketRequest } from './sockets.ts';
export type { TraceContext } from './trace.ts';
export type { ModelClientValues, ModelLog } from './values.ts';
export { type SocketAccess, SocketVerdicts } from './verdicts.ts';
