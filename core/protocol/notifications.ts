import type * as z from 'zod';

import { AccountRateLimitsUpdatedNotification } from './account.ts';
import { ConfigWarningNotification } from './initialize.ts';
import * as item from './item.ts';
import * as realtime from './realtimeNotifications.ts';
import * as serverRequest from './serverRequest.ts';
import { ThreadSettingsUpdatedNotification } from './settings.ts';
import * as thread from './thread.ts';
import * as turn from './turn.ts';

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
  warning: toSubscribers(turn.WarningNotification),
  error: toSubscribers(turn.ErrorNotification),
  'thread/started': toAll(thread.ThreadStartedNotification),
  'thread/status/changed': toAll(thread.ThreadStatusChangedNotification),
  'thread/closed': toAll(thread.ThreadClosedNotification),
  'thread/settings/updated': toSubscribers(ThreadSettingsUpdatedNotification),
  'serverRequest/resolved': toSubscribers(serverRequest.ServerRequestResolvedNotification),
  'serverRequest/partlyAnswered': toSubscribers(
    serverRequest.ServerRequestPartlyAnsweredNotification,
  ),
  'thread/tokenUsage/updated': toSubscribers(turn.ThreadTokenUsageUpdatedNotification),
  'account/rateLimits/updated': toAll(AccountRateLimitsUpdatedNotification),
  'turn/started': toSubscribers(turn.TurnNotification),
  'turn/completed': toSubscribers(turn.TurnNotification),
  'turn/plan/updated': toSubscribers(turn.TurnPlanUpdatedNotification),
  'item/started': toSubscribers(item.ItemStartedNotification),
  'item/completed': toSubscribers(item.ItemCompletedNotification),
  'item/agentMessage/delta': toSubscribers(item.AgentMessageDeltaNotification),
  'item/reasoning/summaryPartAdded': toSubscribers(item.ReasoningSummaryPartAddedNotification),
  'item/reasoning/summaryTextDelta': toSubscribers(item.ReasoningSummaryTextDeltaNotification),
  'item/reasoning/textDelta': toSubscribers(item.ReasoningTextDeltaNotification),
  'thread/realtime/started': toSubscribers(realtime.ThreadRealtimeStartedNotification),
  'thread/realtime/sdp': toSubscribers(realtime.ThreadRealtimeSdpNotification),
  'thread/realtime/itemAdded': toSubscribers(realtime.ThreadRealtimeItemAddedNotification),
  'thread/realtime/transcript/delta': toSubscribers(
    realtime.ThreadRealtimeTranscriptDeltaNotification,
  ),
  'thread/realtime/transcript/done': toSubscribers(
    realtime.ThreadRealtimeTranscriptDoneNotification,
  ),
  'thread/realtime/transcript/failed': toSubscribers(
    realtime.ThreadRealtimeTranscriptFailedNotification,
  ),
  'thread/realtime/outputAudio/delta': toSubscribers(
    realtime.ThreadRealtimeOutputAudioDeltaNotification,
  ),
  'thread/realtime/outputAudioBuffer/started': toSubscribers(
    realtime.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudioBuffer/stopped': toSubscribers(
    realtime.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudioBuffer/cleared': toSubscribers(
    realtime.ThreadRealtimeOutputAudioBufferNotification,
  ),
  'thread/realtime/outputAudio/truncated': toSubscribers(
    realtime.ThreadRealtimeOutputAudioTruncatedNotification,
  ),
  'thread/realtime/error': toSubscribers(realtime.ThreadRealtimeErrorNotification),
  'thread/realtime/warning': toSubscribers(realtime.ThreadRealtimeWarningNotification),
  'thread/realtime/closed': toSubscribers(realtime.ThreadRealtimeClosedNotification),
  'thread/realtime/item/started': toSubscribers(realtime.ThreadRealtimeItemNotification),
  'thread/realtime/item/completed': toSubscribers(realtime.ThreadRealtimeItemNotification),
  'thread/realtime/item/transcript/delta': toSubscribers(
    realtime.ThreadRealtimeItemTranscriptDeltaNotification,
  ),
  'thread/realtime/stage': toSubscribers(realtime.ThreadRealtimeStageNotification),
  'thread/realtime/session/updated': toSubscribers(
    realtime.ThreadRealtimeSessionUpdatedNotification,
  ),
  'thread/realtime/rateLimits/updated': toSubscribers(
    realtime.ThreadRealtimeRateLimitsUpdatedNotification,
  ),
  'thread/realtime/queue/updated': toSubscribers(realtime.ThreadRealtimeQueueUpdatedNotification),
  'thread/realtime/response/started': toSubscribers(
    realtime.ThreadRealtimeResponseStartedNotification,
  ),
  'thread/realtime/response/completed': toSubscribers(
    realtime.ThreadRealtimeResponseCompletedNotification,
  ),
  'thread/realtime/speech/started': toSubscribers(realtime.ThreadRealtimeSpeechStartedNotification),
  'thread/realtime/speech/stopped': toSubscribers(realtime.ThreadRealtimeSpeechStoppedNotification),
  'thread/realtime/input/committed': toSubscribers(
    realtime.ThreadRealtimeInputCommittedNotification,
  ),
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
