import type * as z from 'zod';

import { AccountReadParams, AccountReadResponse } from './account.ts';
import { EmptyParams, EmptyResponse, OmittableParams } from './common.ts';
import * as config from './config.ts';
import { InitializeParams, InitializeResponse } from './initialize.ts';
import { ModelListParams, ModelListResponse } from './model.ts';
import * as requests from './requests/index.ts';
import * as threads from './threads/index.ts';
import * as voice from './voice/index.ts';

type MethodSpec = {
  readonly params: z.ZodType;
  readonly response: z.ZodType;
  /** True where the client must have asked for `experimentalApi` (app-server §2). */
  readonly experimental?: boolean;
  /** Fields of the params for which the same holds; those nobody reads here are listed too. */
  readonly experimentalFields?: readonly string[];
};

/** One row per request a client may send. The table is the protocol: no method exists outside it. */
export const clientRequests = {
  initialize: { params: InitializeParams, response: InitializeResponse },
  'thread/start': {
    params: threads.ThreadStartParams,
    response: threads.ThreadStartResponse,
    experimentalFields: [
      'dynamicTools',
      'environments',
      'permissions',
      'runtimeWorkspaceRoots',
      'historyMode',
    ],
  },
  'thread/resume': {
    params: threads.ThreadResumeParams,
    response: threads.ThreadStartResponse,
    experimentalFields: ['history', 'path', 'permissions', 'initialTurnsPage'],
  },
  'thread/read': { params: threads.ThreadReadParams, response: threads.ThreadReadResponse },
  'thread/list': { params: threads.ThreadListParams, response: threads.ThreadListResponse },
  'thread/loaded/list': {
    params: threads.ThreadLoadedListParams,
    response: threads.ThreadLoadedListResponse,
  },
  'thread/unsubscribe': {
    params: threads.ThreadUnsubscribeParams,
    response: threads.ThreadUnsubscribeResponse,
  },
  'thread/timeline/list': {
    params: threads.ThreadTimelineListParams,
    response: threads.ThreadTimelineListResponse,
    experimental: true,
  },
  'thread/settings/update': {
    params: threads.ThreadSettingsUpdateParams,
    response: EmptyResponse,
    experimental: true,
  },
  'turn/start': {
    params: threads.TurnStartParams,
    response: threads.TurnStartResponse,
    experimentalFields: [
      'environments',
      'permissions',
      'collaborationMode',
      'responsesapiClientMetadata',
      'responsesapiClientMetadataPatch',
      'additionalContext',
    ],
  },
  'turn/steer': {
    params: threads.TurnSteerParams,
    response: threads.TurnSteerResponse,
    experimentalFields: ['responsesapiClientMetadata', 'responsesapiClientMetadataPatch'],
  },
  'turn/interrupt': { params: threads.TurnInterruptParams, response: EmptyResponse },
  'thread/realtime/start': {
    params: voice.ThreadRealtimeStartParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/appendAudio': {
    params: voice.ThreadRealtimeAppendAudioParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/appendText': {
    params: voice.ThreadRealtimeAppendTextParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/appendSpeech': {
    params: voice.ThreadRealtimeAppendSpeechParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/update': {
    params: voice.ThreadRealtimeUpdateParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/interrupt': {
    params: voice.ThreadRealtimeInterruptParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/stop': {
    params: voice.ThreadRealtimeStopParams,
    response: EmptyResponse,
    experimental: true,
  },
  'thread/realtime/recording/append': {
    params: voice.ThreadRealtimeRecordingAppendParams,
    response: voice.ThreadRealtimeRecordingAppendResponse,
    experimental: true,
  },
  'thread/realtime/recording/read': {
    params: voice.ThreadRealtimeRecordingReadParams,
    response: voice.ThreadRealtimeRecordingReadResponse,
    experimental: true,
  },
  'thread/realtime/listVoices': {
    params: EmptyParams,
    response: voice.ThreadRealtimeListVoicesResponse,
    experimental: true,
  },
  'thread/realtime/listPhrases': {
    params: voice.ThreadRealtimeListPhrasesParams,
    response: voice.ThreadRealtimeListPhrasesResponse,
    experimental: true,
  },
  'model/list': { params: ModelListParams, response: ModelListResponse },
  'config/read': { params: config.ConfigReadParams, response: config.ConfigReadResponse },
  'config/value/write': {
    params: config.ConfigValueWriteParams,
    response: config.ConfigWriteResponse,
  },
  'config/batchWrite': {
    params: config.ConfigBatchWriteParams,
    response: config.ConfigWriteResponse,
  },
  'configRequirements/read': {
    params: OmittableParams,
    response: config.ConfigRequirementsReadResponse,
  },
  'experimentalFeature/list': {
    params: config.ExperimentalFeatureListParams,
    response: config.ExperimentalFeatureListResponse,
  },
  'permissionProfile/list': {
    params: config.PermissionProfileListParams,
    response: config.PermissionProfileListResponse,
  },
  'skills/list': { params: config.SkillsListParams, response: config.SkillsListResponse },
  'account/read': { params: AccountReadParams, response: AccountReadResponse },
} as const satisfies Record<string, MethodSpec>;

/** One row per request the server may send to its clients, and what they answer. */
export const serverRequests = {
  'item/tool/requestUserInput': {
    params: requests.ToolRequestUserInputParams,
    response: requests.ToolRequestUserInputResponse,
  },
  'item/commandExecution/requestApproval': {
    params: requests.CommandApprovalParams,
    response: requests.CommandApprovalResponse,
  },
  'item/fileChange/requestApproval': {
    params: requests.FileChangeApprovalParams,
    response: requests.FileChangeApprovalResponse,
  },
  'item/permissions/requestApproval': {
    params: requests.PermissionsApprovalParams,
    response: requests.PermissionsApprovalResponse,
  },
  'mcpServer/elicitation/request': {
    params: requests.McpElicitationParams,
    response: requests.McpElicitationResponse,
  },
} as const satisfies Record<string, Pick<MethodSpec, 'params' | 'response'>>;

export type ClientMethod = keyof typeof clientRequests;
/** What a caller hands in: optional fields may be left out. */
export type ParamsOf<M extends ClientMethod> = z.input<(typeof clientRequests)[M]['params']>;
/** What a handler gets after parsing. */
export type ParsedParamsOf<M extends ClientMethod> = z.output<(typeof clientRequests)[M]['params']>;
export type ResponseOf<M extends ClientMethod> = z.output<(typeof clientRequests)[M]['response']>;

export type ServerRequestMethod = keyof typeof serverRequests;
export type ServerRequestParamsOf<M extends ServerRequestMethod> = z.output<
  (typeof serverRequests)[M]['params']
>;
/** What a client answers to a request of the server. */
export type ServerRequestResponseOf<M extends ServerRequestMethod> = z.output<
  (typeof serverRequests)[M]['response']
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
  const field = spec.experimentalFields?.find(
    (name) => given[name] !== undefined && given[name] !== null,
  );
  if (field !== undefined) return `${method}.${field}`;
  return isGranular(given['approvalPolicy']) ? 'askForApproval.granular' : undefined;
}

function isGranular(approvalPolicy: unknown): boolean {
  return typeof approvalPolicy === 'object' && approvalPolicy !== null;
}
