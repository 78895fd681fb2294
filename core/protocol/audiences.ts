import type { NotificationMethod } from './notifications.ts';

/**
 * Who hears a notification (app-server §4): every connection that has said hello, those that started or
 * resumed the thread it is about, or the one connection that it concerns.
 */
export type Audience = 'all' | 'subscribers' | 'one';

/** One row per notification the server may send: who hears it. */
export const audiences = {
  configWarning: 'one',
  deprecationNotice: 'one',
  'command/exec/outputDelta': 'one',
  'thread/search/partial': 'one',
  warning: 'subscribers',
  error: 'subscribers',
  'thread/started': 'all',
  'thread/status/changed': 'all',
  'thread/closed': 'all',
  'thread/archived': 'all',
  'thread/unarchived': 'all',
  'thread/deleted': 'all',
  'thread/name/updated': 'all',
  'thread/settings/updated': 'subscribers',
  'serverRequest/resolved': 'subscribers',
  'serverRequest/partlyAnswered': 'subscribers',
  'thread/tokenUsage/updated': 'subscribers',
  'account/rateLimits/updated': 'all',
  'account/login/completed': 'all',
  'account/updated': 'all',
  'turn/queued': 'subscribers',
  'turn/started': 'subscribers',
  'turn/completed': 'subscribers',
  'turn/plan/updated': 'subscribers',
  'thread/fileChanges/undone': 'subscribers',
  'turn/diff/updated': 'subscribers',
  'item/started': 'subscribers',
  'item/completed': 'subscribers',
  'item/agentMessage/delta': 'subscribers',
  'item/reasoning/summaryPartAdded': 'subscribers',
  'item/reasoning/summaryTextDelta': 'subscribers',
  'item/reasoning/textDelta': 'subscribers',
  'item/commandExecution/outputDelta': 'subscribers',
  'item/commandExecution/terminalInteraction': 'subscribers',
  'item/fileChange/patchUpdated': 'subscribers',
  'thread/realtime/started': 'subscribers',
  'thread/realtime/sdp': 'subscribers',
  'thread/realtime/itemAdded': 'subscribers',
  'thread/realtime/transcript/delta': 'subscribers',
  'thread/realtime/transcript/done': 'subscribers',
  'thread/realtime/transcript/failed': 'subscribers',
  'thread/realtime/outputAudio/delta': 'subscribers',
  'thread/realtime/outputAudioBuffer/started': 'subscribers',
  'thread/realtime/outputAudioBuffer/stopped': 'subscribers',
  'thread/realtime/outputAudioBuffer/cleared': 'subscribers',
  'thread/realtime/outputAudio/truncated': 'subscribers',
  'thread/realtime/error': 'subscribers',
  'thread/realtime/warning': 'subscribers',
  'thread/realtime/closed': 'subscribers',
  'thread/realtime/item/started': 'subscribers',
  'thread/realtime/item/completed': 'subscribers',
  'thread/realtime/item/transcript/delta': 'subscribers',
  'thread/realtime/stage': 'subscribers',
  'thread/realtime/phrases/updated': 'subscribers',
  'thread/realtime/session/updated': 'subscribers',
  'thread/realtime/rateLimits/updated': 'subscribers',
  'thread/realtime/queue/updated': 'subscribers',
  'thread/realtime/response/started': 'subscribers',
  'thread/realtime/response/completed': 'subscribers',
  'thread/realtime/speech/started': 'subscribers',
  'thread/realtime/speech/stopped': 'subscribers',
  'thread/realtime/input/committed': 'subscribers',
} as const satisfies Record<NotificationMethod, Audience>;

/** What happens in a thread; the rest is said to one connection about itself. */
export type ThreadNotificationMethod = {
  [M in NotificationMethod]: (typeof audiences)[M] extends 'one' ? never : M;
}[NotificationMethod];

/** What every connection hears. */
export type BroadcastMethod = {
  [M in NotificationMethod]: (typeof audiences)[M] extends 'all' ? M : never;
}[NotificationMethod];
