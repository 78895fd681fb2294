import type * as z from 'zod';

import * as account from './account.ts';
import * as commands from './commands.ts';
import { EmptyParams, OmittableParams } from './common.ts';
import * as config from './config.ts';
import * as files from './files.ts';
import { FuzzyFileSearchParams } from './fileSearch.ts';
import { InitializeParams } from './initialize.ts';
import * as mcp from './mcp.ts';
import { ModelListParams } from './model.ts';
import * as requests from './requests/index.ts';
import * as threads from './threads/index.ts';
import * as voice from './voice/index.ts';

type MethodSpec = {
  readonly params: z.ZodType;
  /** True where the client must have asked for `experimentalApi` (app-server §2). */
  readonly experimental?: boolean;
  /** Fields of the params for which the same holds; those nobody reads here are listed too. */
  readonly experimentalFields?: readonly string[];
};

/** One row per request a client may send. The table is the protocol: no method exists outside it. */
export const clientRequests = {
  initialize: { params: InitializeParams },
  'thread/start': {
    params: threads.ThreadStartParams,
    experimentalFields: [
      'dynamicTools',
      'environments',
      'permissions',
      'runtimeWorkspaceRoots',
      'historyMode',
      'allowProviderModelFallback',
      'daybreakEnabled',
      'experimentalRawEvents',
      'multiAgentMode',
      'projectId',
      'selectedCapabilityRoots',
    ],
  },
  'thread/resume': {
    params: threads.ThreadResumeParams,
    experimentalFields: [
      'history',
      'path',
      'permissions',
      'runtimeWorkspaceRoots',
      'initialTurnsPage',
    ],
  },
  'thread/fork': {
    params: threads.ThreadForkParams,
    experimentalFields: [
      'path',
      'beforeTurnId',
      'permissions',
      'runtimeWorkspaceRoots',
      'attachToSource',
      'deferGoalContinuation',
    ],
  },
  'thread/read': { params: threads.ThreadReadParams },
  'thread/list': {
    params: threads.ThreadListParams,
    experimentalFields: [
      'includeAttachedThreads',
      'projectId',
      'parentThreadId',
      'ancestorThreadId',
      'attachedToThreadId',
    ],
  },
  'thread/search': { params: threads.ThreadSearchParams, experimental: true },
  'thread/search/cancel': { params: threads.ThreadSearchCancelParams, experimental: true },
  'thread/search/stream': { params: threads.ThreadSearchParams, experimental: true },
  'thread/search/stream/cancel': { params: threads.ThreadSearchCancelParams, experimental: true },
  'thread/searchOccurrences': {
    params: threads.ThreadSearchOccurrencesParams,
    experimental: true,
  },
  'thread/archive': { params: threads.ThreadArchiveParams },
  'thread/unarchive': { params: threads.ThreadUnarchiveParams },
  'thread/delete': { params: threads.ThreadDeleteParams },
  'thread/name/set': { params: threads.ThreadSetNameParams },
  'thread/loaded/list': {
    params: threads.ThreadLoadedListParams,
  },
  'thread/unsubscribe': {
    params: threads.ThreadUnsubscribeParams,
  },
  'thread/fileChanges/undo': { params: threads.ThreadFileChangesUndoParams },
  'thread/compact/start': { params: threads.ThreadCompactStartParams },
  'thread/turns/list': { params: threads.ThreadTurnsListParams },
  'thread/items/list': { params: threads.ThreadItemsListParams },
  'thread/inject_items': { params: threads.ThreadInjectItemsParams },
  'thread/realtime/list': { params: threads.ThreadRealtimeListParams, experimental: true },
  'thread/timeline/list': {
    params: threads.ThreadTimelineListParams,
    experimental: true,
  },
  'thread/settings/update': {
    params: threads.ThreadSettingsUpdateParams,
    experimental: true,
  },
  'environment/info': { params: threads.EnvironmentParams, experimental: true },
  'environment/status': { params: threads.EnvironmentParams, experimental: true },
  'turn/start': {
    params: threads.TurnStartParams,
    experimentalFields: [
      'environments',
      'permissions',
      'runtimeWorkspaceRoots',
      'collaborationMode',
      'responsesapiClientMetadata',
      'responsesapiClientMetadataPatch',
      'additionalContext',
      'cyberAccessProgram',
      'multiAgentMode',
    ],
  },
  'turn/steer': {
    params: threads.TurnSteerParams,
    experimentalFields: [
      'responsesapiClientMetadata',
      'responsesapiClientMetadataPatch',
      'additionalContext',
    ],
  },
  'turn/interrupt': { params: threads.TurnInterruptParams },
  'thread/realtime/start': {
    params: voice.ThreadRealtimeStartParams,
    experimental: true,
  },
  'thread/realtime/appendAudio': {
    params: voice.ThreadRealtimeAppendAudioParams,
    experimental: true,
  },
  'thread/realtime/appendText': {
    params: voice.ThreadRealtimeAppendTextParams,
    experimental: true,
  },
  'thread/realtime/appendSpeech': {
    params: voice.ThreadRealtimeAppendSpeechParams,
    experimental: true,
  },
  'thread/realtime/update': {
    params: voice.ThreadRealtimeUpdateParams,
    experimental: true,
  },
  'thread/realtime/interrupt': {
    params: voice.ThreadRealtimeInterruptParams,
    experimental: true,
  },
  'thread/realtime/stop': {
    params: voice.ThreadRealtimeStopParams,
    experimental: true,
  },
  'thread/realtime/recording/append': {
    params: voice.ThreadRealtimeRecordingAppendParams,
    experimental: true,
  },
  'thread/realtime/recording/read': {
    params: voice.ThreadRealtimeRecordingReadParams,
    experimental: true,
  },
  'thread/realtime/listVoices': {
    params: EmptyParams,
    experimental: true,
  },
  'thread/realtime/listPhrases': {
    params: voice.ThreadRealtimeListPhrasesParams,
    experimental: true,
  },
  'model/list': { params: ModelListParams },
  'modelProvider/list': { params: EmptyParams },
  'modelProvider/default/set': { params: config.ModelProviderDefaultSetParams },
  'config/read': { params: config.ConfigReadParams },
  'config/value/write': {
    params: config.ConfigValueWriteParams,
  },
  'config/batchWrite': {
    params: config.ConfigBatchWriteParams,
  },
  'configRequirements/read': {
    params: OmittableParams,
  },
  'experimentalFeature/list': {
    params: config.ExperimentalFeatureListParams,
  },
  'experimentalFeature/enablement/set': {
    params: config.ExperimentalFeatureEnablementSetParams,
  },
  'permissionProfile/list': {
    params: config.PermissionProfileListParams,
  },
  'hooks/list': { params: config.HooksListParams },
  'skills/list': { params: config.SkillsListParams },
  'account/read': { params: account.AccountReadParams },
  'account/login/start': { params: account.LoginAccountParams },
  'account/login/cancel': { params: account.CancelLoginAccountParams },
  'account/logout': { params: OmittableParams },
  'account/rateLimits/read': { params: OmittableParams },
  'collaborationMode/list': { params: EmptyParams, experimental: true },
  'fs/readFile': { params: files.FsReadFileParams },
  'fs/writeFile': { params: files.FsWriteFileParams },
  'fs/createDirectory': { params: files.FsCreateDirectoryParams },
  'fs/getMetadata': { params: files.FsGetMetadataParams },
  'fs/readDirectory': { params: files.FsReadDirectoryParams },
  'fs/remove': { params: files.FsRemoveParams },
  'fs/copy': { params: files.FsCopyParams },
  fuzzyFileSearch: { params: FuzzyFileSearchParams },
  'command/exec': {
    params: commands.CommandExecParams,
    experimentalFields: ['permissionProfile'],
  },
  'command/exec/write': { params: commands.CommandExecWriteParams },
  'command/exec/terminate': { params: commands.CommandExecTerminateParams },
  'command/exec/resize': { params: commands.CommandExecResizeParams },
  'config/mcpServer/reload': { params: OmittableParams },
  'mcpServerStatus/list': { params: mcp.McpServerStatusListParams },
  'mcpServer/resource/read': { params: mcp.McpResourceReadParams },
} as const satisfies Record<string, MethodSpec>;

/** One row per request the server may send to its clients. */
export const serverRequests = {
  'item/tool/requestUserInput': { params: requests.ToolRequestUserInputParams },
  'item/tool/call': { params: requests.DynamicToolCallParams },
  'item/commandExecution/requestApproval': { params: requests.CommandApprovalParams },
  'item/fileChange/requestApproval': { params: requests.FileChangeApprovalParams },
  'item/permissions/requestApproval': { params: requests.PermissionsApprovalParams },
  'mcpServer/elicitation/request': { params: requests.McpElicitationParams },
} as const satisfies Record<string, Pick<MethodSpec, 'params'>>;

export type ClientMethod = keyof typeof clientRequests;
/** What a caller hands in: optional fields may be left out. */
export type ParamsOf<M extends ClientMethod> = z.input<(typeof clientRequests)[M]['params']>;
/** What a handler gets after parsing. */
export type ParsedParamsOf<M extends ClientMethod> = z.output<(typeof clientRequests)[M]['params']>;

export type ServerRequestMethod = keyof typeof serverRequests;
export type ServerRequestParamsOf<M extends ServerRequestMethod> = z.output<
  (typeof serverRequests)[M]['params']
>;

export function isClientMethod(method: string): method is ClientMethod {
  return Object.hasOwn(clientRequests, method);
}

export function isServerRequestMethod(method: string): method is ServerRequestMethod {
  return Object.hasOwn(serverRequests, method);
}

/**
 * What of a request needs the `experimentalApi` capability: the method itself, the first such field
 * that is present, as `method.field`, or such a value; undefined when nothing does (app-server §2).
 */
export function experimentalPart(method: ClientMethod, params: unknown): string | undefined {
  const spec: MethodSpec = clientRequests[method];
  if (spec.experimental === true) return method;
  if (typeof params !== 'object' || params === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...params };
  // A switch that is off asks for nothing, as with the peer.
  const field = spec.experimentalFields?.find(
    (name) => given[name] !== undefined && given[name] !== null && given[name] !== false,
  );
  if (field !== undefined) return `${method}.${field}`;
  return isGranular(given['approvalPolicy']) ? 'askForApproval.granular' : undefined;
}

function isGranular(approvalPolicy: unknown): boolean {
  return typeof approvalPolicy === 'object' && approvalPolicy !== null;
}
