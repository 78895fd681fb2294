export * from './account.ts';
export * from './audiences.ts';
export * from './client/index.ts';
export * from './clientAnswers.ts';
export * from './dynamicTool.ts';
export type { CommandAction } from './commandAction.ts';
export type { CommandExecParams } from './commands.ts';
export { FollowUp, isThreadId } from './common.ts';
export * from './config.ts';
export type { FuzzyFileSearchResponse } from './fileSearch.ts';
export type { FsGetMetadataResponse, FsReadDirectoryResponse } from './files.ts';
export * from './initialize.ts';
export { isOneOf } from './isOneOf.ts';
export * from './model.ts';
export * from './notifications.ts';
export * from './ownNotifications.ts';
export * from './registry.ts';
export * from './responses.ts';
export {
  ServerRequestPartlyAnsweredNotification,
  ServerRequestResolvedNotification,
  ToolRequestUserInputParams,
  ToolRequestUserInputResponse,
  UserAnswers,
  UserQuestion,
  FileSystemPath,
  type PermissionProfile,
} from './requests/index.ts';
export * from './rpc.ts';
export * from './threads/index.ts';
export {
  RealtimeTimelineItem,
  DEFAULT_VOICE_V1,
  DEFAULT_VOICE_V2,
  Interruption,
  OutputModality,
  REALTIME_VOICES_V1,
  PRACTICE_VOICES,
  REALTIME_VOICES_V2,
  RealtimeAudioChunk,
  RealtimeTransport,
  ThreadRealtimeAppendAudioParams,
  ThreadRealtimeAppendSpeechParams,
  ThreadRealtimeAppendTextParams,
  ThreadRealtimeInterruptParams,
  ThreadRealtimeListVoicesResponse,
  ThreadRealtimeRecordingAppendParams,
  ThreadRealtimeRecordingAppendResponse,
  ThreadRealtimeRecordingReadParams,
  ThreadRealtimeRecordingReadResponse,
  ThreadRealtimeStartParams,
  ThreadRealtimeStopParams,
  ThreadRealtimeUpdateParams,
  type Voice,
} from './voice/index.ts';
