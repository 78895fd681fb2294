import type * as z from 'zod';

import * as account from './account.ts';
import { CommandExecOutputDeltaNotification } from './commands.ts';
import { ConfigWarningNotification, DeprecationNoticeNotification } from './initialize.ts';
import * as requests from './requests/index.ts';
import * as threads from './threads/index.ts';
import * as voice from './voice/index.ts';

/** One row per notification the server may send: its params. */
export const serverNotifications = {
  configWarning: ConfigWarningNotification,
  deprecationNotice: DeprecationNoticeNotification,
  'command/exec/outputDelta': CommandExecOutputDeltaNotification,
  'thread/search/partial': threads.ThreadSearchPartialNotification,
  warning: threads.WarningNotification,
  error: threads.ErrorNotification,
  'thread/started': threads.ThreadStartedNotification,
  'thread/status/changed': threads.ThreadStatusChangedNotification,
  'thread/closed': threads.ThreadClosedNotification,
  'thread/archived': threads.ThreadArchivedNotification,
  'thread/unarchived': threads.ThreadUnarchivedNotification,
  'thread/deleted': threads.ThreadDeletedNotification,
  'thread/name/updated': threads.ThreadNameUpdatedNotification,
  'thread/settings/updated': threads.ThreadSettingsUpdatedNotification,
  'serverRequest/resolved': requests.ServerRequestResolvedNotification,
  'serverRequest/partlyAnswered': requests.ServerRequestPartlyAnsweredNotification,
  'thread/tokenUsage/updated': threads.ThreadTokenUsageUpdatedNotification,
  'account/rateLimits/updated': account.AccountRateLimitsUpdatedNotification,
  'account/login/completed': account.AccountLoginCompletedNotification,
  'account/updated': account.AccountUpdatedNotification,
  'turn/queued': threads.TurnNotification,
  'turn/started': threads.TurnNotification,
  'turn/completed': threads.TurnNotification,
  'turn/plan/updated': threads.TurnPlanUpdatedNotification,
  'thread/fileChanges/undone': threads.ThreadFileChangesUndoneNotification,
  'turn/diff/updated': threads.TurnDiffUpdatedNotification,
  'item/started': threads.ItemStartedNotification,
  'item/completed': threads.ItemCompletedNotification,
  'item/agentMessage/delta': threads.AgentMessageDeltaNotification,
  'item/reasoning/summaryPartAdded': threads.ReasoningSummaryPartAddedNotification,
  'item/reasoning/summaryTextDelta': threads.ReasoningSummaryTextDeltaNotification,
  'item/reasoning/textDelta': threads.ReasoningTextDeltaNotification,
  'item/commandExecution/outputDelta': threads.CommandExecutionOutputDeltaNotification,
  'item/commandExecution/terminalInteraction': threads.TerminalInteractionNotification,
  'item/fileChange/patchUpdated': threads.FileChangePatchUpdatedNotification,
  'thread/realtime/started': voice.ThreadRealtimeStartedNotification,
  'thread/realtime/sdp': voice.ThreadRealtimeSdpNotification,
  'thread/realtime/itemAdded': voice.ThreadRealtimeItemAddedNotification,
  'thread/realtime/transcript/delta': voice.ThreadRealtimeTranscriptDeltaNotification,
  'thread/realtime/transcript/done': voice.ThreadRealtimeTranscriptDoneNotification,
  'thread/realtime/transcript/failed': voice.ThreadRealtimeTranscriptFailedNotification,
  'thread/realtime/outputAudio/delta': voice.ThreadRealtimeOutputAudioDeltaNotification,
  'thread/realtime/outputAudioBuffer/started': voice.ThreadRealtimeOutputAudioBufferNotification,
  'thread/realtime/outputAudioBuffer/stopped': voice.ThreadRealtimeOutputAudioBufferNotification,
  'thread/realtime/outputAudioBuffer/cleared': voice.ThreadRealtimeOutputAudioBufferNotification,
  'thread/realtime/outputAudio/truncated': voice.ThreadRealtimeOutputAudioTruncatedNotification,
  'thread/realtime/error': voice.ThreadRealtimeErrorNotification,
  'thread/realtime/warning': voice.ThreadRealtimeWarningNotification,
  'thread/realtime/closed': voice.ThreadRealtimeClosedNotification,
  'thread/realtime/item/started': voice.ThreadRealtimeItemNotification,
  'thread/realtime/item/completed': voice.ThreadRealtimeItemNotification,
  'thread/realtime/item/transcript/delta': voice.ThreadRealtimeItemTranscriptDeltaNotification,
  'thread/realtime/stage': voice.ThreadRealtimeStageNotification,
  'thread/realtime/phrases/updated': voice.ThreadRealtimePhrasesUpdatedNotification,
  'thread/realtime/session/updated': voice.ThreadRealtimeSessionUpdatedNotification,
  'thread/realtime/rateLimits/updated': voice.ThreadRealtimeRateLimitsUpdatedNotification,
  'thread/realtime/queue/updated': voice.ThreadRealtimeQueueUpdatedNotification,
  'thread/realtime/response/started': voice.ThreadRealtimeResponseStartedNotification,
  'thread/realtime/response/completed': voice.ThreadRealtimeResponseCompletedNotification,
  'thread/realtime/speech/started': voice.ThreadRealtimeSpeechStartedNotification,
  'thread/realtime/speech/stopped': voice.ThreadRealtimeSpeechStoppedNotification,
  'thread/realtime/input/committed': voice.ThreadRealtimeInputCommittedNotification,
} as const satisfies Record<string, z.ZodType>;

export type NotificationMethod = keyof typeof serverNotifications;
export type NotificationParamsOf<M extends NotificationMethod> = z.output<
  (typeof serverNotifications)[M]
>;
export type ServerNotification = {
  [M in NotificationMethod]: { readonly method: M; readonly params: NotificationParamsOf<M> };
}[NotificationMethod];

export function isNotificationMethod(method: string): method is NotificationMethod {
  return Object.hasOwn(serverNotifications, method);
}
