import type * as z from 'zod';

import { AccountRateLimitsUpdatedNotification } from './account.ts';
import { ConfigWarningNotification, DeprecationNoticeNotification } from './initialize.ts';
import * as requests from './requests/index.ts';
import * as threads from './threads/index.ts';
import * as voice from './voice/index.ts';

/**
 * Who hears a notification (app-server §4): every connection that has said hello, those that started or
 * resumed the thread it is about, or the one connection that it concerns.
 */
export type Audience = 'all' | 'subscribers' | 'one';

type NotificationSpec = { readonly params: z.ZodType; readonly audience: Audience };

const toAll = <Params extends z.ZodType>(params: Params) => ({ params, audience: 'all' }) as const;
const toSubscribers = <Params extends z.ZodType>(params: Params) =>
  ({ params, audience: 'subscribers' }) as const;
const toOne = <Params extends z.ZodType>(params: Params) => ({ params, audience: 'one' }) as const;

/** One row per notification the server may send. */
export const serverNotifications = {
  configWarning: toOne(ConfigWarningNotification),
  deprecationNotice: toOne(DeprecationNoticeNotification),
  warning: toSubscribers(threads.WarningNotification),
  error: toSubscribers(threads.ErrorNotification),
  'thread/started': toAll(threads.ThreadStartedNotification),
  'thread/status/changed': toAll(threads.ThreadStatusChangedNotification),
  'thread/closed': toAll(threads.ThreadClosedNotification),
  'thread/settings/updated': toSubscribers(threads.ThreadSettingsUpdatedNotification),
  'serverRequest/resolved': toSubscribers(requests.ServerRequestResolvedNotification),
  'serverRequest/partlyAnswered': toSubscribers(requests.ServerRequestPartlyAnsweredNotification),
  'thread/tokenUsage/updated': toSubscribers(threads.ThreadTokenUsageUpdatedNotification),
  'account/rateLimits/updated': toAll(AccountRateLimitsUpdatedNotification),
  'turn/queued': toSubscribers(threads.TurnNotification),
  'turn/started': toSubscribers(threads.TurnNotification),
  'turn/completed': toSubscribers(threads.TurnNotification),
  'turn/plan/updated': toSubscribers(threads.TurnPlanUpdatedNotification),
  'item/started': toSubscribers(threads.ItemStartedNotification),
  'item/completed': toSubscribers(threads.ItemCompletedNotification),
  'item/agentMessage/delta': toSubscribers(threads.AgentMessageDeltaNotification),
  'item/reasoning/summaryPartAdded': toSubscribers(threads.ReasoningSummaryPartAddedNotification),
  'item/reasoning/summaryTextDelta': toSubscribers(threads.ReasoningSummaryTextDeltaNotification),
  'item/reasoning/textDelta': toSubscribers(threads.ReasoningTextDeltaNotification),
  'thread/realtime/started': toSubscribers(voice.ThreadRealtimeStartedNotification),
  'thread/realtime/sdp': toSubscribers(voice.ThreadRealtimeSdpNotification),
  'thread/realtime/itemAdded': toSubscribers(voice.ThreadRealtimeItemAddedNotification),
  'thread/realtime/transcript/delta': toSubscribers(
    voice.ThreadRealtimeTranscriptDeltaNotification,
  ),
  'thread/realtime/transcript/done': toSubscribers(voice.ThreadRealtimeTranscriptDoneNotification),
  'thread/realtime/transcript/failed': toSubscribers(
    voice.ThreadRealtimeTranscriptFailedNotification,
  ),
  'thread/realtime/outputAudio/delta': toSubscribers(
    voice.ThreadRealtimeOutputAudioDeltaNotification,
  ),
  'thread/realtime/outputAudioBuffer/started': toSubscribers(
    voice.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudioBuffer/stopped': toSubscribers(
    voice.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudioBuffer/cleared': toSubscribers(
    voice.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudio/truncated': toSubscribers(
    voice.ThreadRealtimeOutputAudioTruncatedNotification,
  ),
  'thread/realtime/error': toSubscribers(voice.ThreadRealtimeErrorNotification),
  'thread/realtime/warning': toSubscribers(voice.ThreadRealtimeWarningNotification),
  'thread/realtime/closed': toSubscribers(voice.ThreadRealtimeClosedNotification),
  'thread/realtime/item/started': toSubscribers(voice.ThreadRealtimeItemNotification),
  'thread/realtime/item/completed': toSubscribers(voice.ThreadRealtimeItemNotification),
  'thread/realtime/item/transcript/delta': toSubscribers(
    voice.ThreadRealtimeItemTranscriptDeltaNotification,
  ),
  'thread/realtime/stage': toSubscribers(voice.ThreadRealtimeStageNotification),
  'thread/realtime/phrases/updated': toSubscribers(voice.ThreadRealtimePhrasesUpdatedNotification),
  'thread/realtime/session/updated': toSubscribers(voice.ThreadRealtimeSessionUpdatedNotification),
  'thread/realtime/rateLimits/updated': toSubscribers(
    voice.ThreadRealtimeRateLimitsUpdatedNotification,
  ),
  'thread/realtime/queue/updated': toSubscribers(voice.ThreadRealtimeQueueUpdatedNotification),
  'thread/realtime/response/started': toSubscribers(
    voice.ThreadRealtimeResponseStartedNotification,
  ),
  'thread/realtime/response/completed': toSubscribers(
    voice.ThreadRealtimeResponseCompletedNotification,
  ),
  'thread/realtime/speech/started': toSubscribers(voice.ThreadRealtimeSpeechStartedNotification),
  'thread/realtime/speech/stopped': toSubscribers(voice.ThreadRealtimeSpeechStoppedNotification),
  'thread/realtime/input/committed': toSubscribers(voice.ThreadRealtimeInputCommittedNotification),
} as const satisfies Record<string, NotificationSpec>;

export type NotificationMethod = keyof typeof serverNotifications;
export type NotificationParamsOf<M extends NotificationMethod> = z.output<
  (typeof serverNotifications)[M]['params']
>;
/** What happens in a thread; the rest is said to one connection about itself. */
export type ThreadNotificationMethod = {
  [M in NotificationMethod]: (typeof serverNotifications)[M]['audience'] extends 'one' ? never : M;
}[NotificationMethod];
export type ServerNotification = {
  [M in NotificationMethod]: { readonly method: M; readonly params: NotificationParamsOf<M> };
}[NotificationMethod];

export function isNotificationMethod(method: string): method is NotificationMethod {
  return Object.hasOwn(serverNotifications, method);
}
