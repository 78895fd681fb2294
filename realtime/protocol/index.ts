export { CLIENT_EVENT_TYPES, ClientEvent, ResponseOptions } from './clientEvents.ts';
export {
  ContentPart,
  ConversationItem,
  FunctionCallItem,
  FunctionCallOutputItem,
  MessageItem,
} from './items.ts';
export {
  answerProblem,
  channelOf,
  MAX_SDP_BYTES,
  descriptionProblem,
  offerProblem,
} from './sdp.ts';
export {
  type DecodedServerEvent,
  decodeServerEvent,
  type KnownServerEvent,
  type ServerErrorBody,
} from './serverEvents.ts';
export {
  FunctionTool,
  OutputModalities,
  RealtimeSessionUpdate,
  SessionUpdate,
  TranscriptionSessionUpdate,
  TurnDetection,
  VOICES,
} from './session.ts';
