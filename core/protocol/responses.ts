import type * as z from 'zod';

import * as account from './account.ts';
import { CommandExecResponse } from './commands.ts';
import { EmptyResponse } from './common.ts';
import * as config from './config.ts';
import * as files from './files.ts';
import { FuzzyFileSearchResponse } from './fileSearch.ts';
import { InitializeResponse } from './initialize.ts';
import { McpResourceReadResponse, McpServerStatusListResponse } from './mcp.ts';
import { ModelListResponse } from './model.ts';
import type { ClientMethod } from './registry.ts';
import * as threads from './threads/index.ts';
import * as voice from './voice/index.ts';

// Apart from the requests and from what clients answer, because each side of a connection builds the schemas of
// what it receives only: an engine that built those of its own answers as well would start a tenth later.

/** What the server answers to each request of a client. */
export const serverAnswers = {
  initialize: InitializeResponse,
  'thread/start': threads.ThreadStartResponse,
  'thread/resume': threads.ThreadResumeResponse,
  'thread/fork': threads.ThreadStartResponse,
  'thread/read': threads.ThreadReadResponse,
  'thread/list': threads.ThreadListResponse,
  'thread/search': threads.ThreadSearchResponse,
  'thread/search/cancel': EmptyResponse,
  'thread/search/stream': threads.ThreadSearchResponse,
  'thread/search/stream/cancel': EmptyResponse,
  'thread/searchOccurrences': threads.ThreadSearchOccurrencesResponse,
  'thread/archive': EmptyResponse,
  'thread/unarchive': threads.ThreadUnarchiveResponse,
  'thread/delete': EmptyResponse,
  'thread/name/set': EmptyResponse,
  'thread/loaded/list': threads.ThreadLoadedListResponse,
  'thread/unsubscribe': threads.ThreadUnsubscribeResponse,
  'thread/fileChanges/undo': threads.ThreadFileChangesUndoResponse,
  'thread/compact/start': EmptyResponse,
  'thread/turns/list': threads.TurnsPage,
  'thread/items/list': threads.ThreadItemsListResponse,
  'thread/inject_items': EmptyResponse,
  'thread/realtime/list': threads.ThreadRealtimeListResponse,
  'thread/timeline/list': threads.ThreadTimelineListResponse,
  'thread/settings/update': EmptyResponse,
  'environment/info': threads.EnvironmentInfoResponse,
  'environment/status': threads.EnvironmentStatusResponse,
  'turn/start': threads.TurnStartResponse,
  'turn/steer': threads.TurnSteerResponse,
  'turn/interrupt': EmptyResponse,
  'thread/realtime/start': EmptyResponse,
  'thread/realtime/appendAudio': EmptyResponse,
  'thread/realtime/appendText': EmptyResponse,
  'thread/realtime/appendSpeech': EmptyResponse,
  'thread/realtime/update': EmptyResponse,
  'thread/realtime/interrupt': EmptyResponse,
  'thread/realtime/stop': EmptyResponse,
  'thread/realtime/recording/append': voice.ThreadRealtimeRecordingAppendResponse,
  'thread/realtime/recording/read': voice.ThreadRealtimeRecordingReadResponse,
  'thread/realtime/listVoices': voice.ThreadRealtimeListVoicesResponse,
  'thread/realtime/listPhrases': voice.ThreadRealtimeListPhrasesResponse,
  'model/list': ModelListResponse,
  'modelProvider/list': config.ModelProviderListResponse,
  'modelProvider/default/set': config.ConfigWriteResponse,
  'config/read': config.ConfigReadResponse,
  'config/value/write': config.ConfigWriteResponse,
  'config/batchWrite': config.ConfigWriteResponse,
  'configRequirements/read': config.ConfigRequirementsReadResponse,
  'experimentalFeature/list': config.ExperimentalFeatureListResponse,
  'experimentalFeature/enablement/set': config.ExperimentalFeatureEnablementSetResponse,
  'permissionProfile/list': config.PermissionProfileListResponse,
  'hooks/list': config.HooksListResponse,
  'skills/list': config.SkillsListResponse,
  'account/read': account.AccountReadResponse,
  'account/login/start': account.LoginAccountResponse,
  'account/login/cancel': account.CancelLoginAccountResponse,
  'account/logout': EmptyResponse,
  'account/rateLimits/read': account.AccountRateLimitsReadResponse,
  'collaborationMode/list': config.CollaborationModeListResponse,
  'fs/readFile': files.FsReadFileResponse,
  'fs/writeFile': EmptyResponse,
  'fs/createDirectory': EmptyResponse,
  'fs/getMetadata': files.FsGetMetadataResponse,
  'fs/readDirectory': files.FsReadDirectoryResponse,
  'fs/remove': EmptyResponse,
  'fs/copy': EmptyResponse,
  fuzzyFileSearch: FuzzyFileSearchResponse,
  'command/exec': CommandExecResponse,
  'command/exec/write': EmptyResponse,
  'command/exec/terminate': EmptyResponse,
  'command/exec/resize': EmptyResponse,
  'config/mcpServer/reload': EmptyResponse,
  'mcpServerStatus/list': McpServerStatusListResponse,
  'mcpServer/resource/read': McpResourceReadResponse,
} as const satisfies Record<ClientMethod, z.ZodType>;

export type ResponseOf<M extends ClientMethod> = z.output<(typeof serverAnswers)[M]>;
