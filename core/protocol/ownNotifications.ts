import type { InitializeParams } from './initialize.ts';
import type { NotificationMethod } from './notifications.ts';

/** Parley's additions among what clients are told: no other server of the protocol sends them. */
export const ownNotifications = [
  'serverRequest/partlyAnswered',
  'turn/queued',
  'thread/fileChanges/undone',
  'thread/realtime/transcript/failed',
  'thread/realtime/outputAudioBuffer/started',
  'thread/realtime/outputAudioBuffer/stopped',
  'thread/realtime/outputAudioBuffer/cleared',
  'thread/realtime/outputAudio/truncated',
  'thread/realtime/warning',
  'thread/realtime/stage',
  'thread/realtime/phrases/updated',
  'thread/realtime/session/updated',
  'thread/realtime/rateLimits/updated',
  'thread/realtime/queue/updated',
  'thread/realtime/response/started',
  'thread/realtime/response/completed',
  'thread/realtime/speech/started',
  'thread/realtime/speech/stopped',
  'thread/realtime/input/committed',
] as const satisfies readonly NotificationMethod[];

/** What a client says under `capabilities.extensions` that wants to be told them. */
export const PARLEY_EXTENSION = { parley: {} } as const;

/** Whether a client knows Parley's additions; a strict one of the protocol could fail on them. */
export function wantsOwnNotifications({ capabilities }: InitializeParams): boolean {
  const wish = capabilities?.extensions?.['parley'];
  return wish !== undefined && wish !== null && wish !== false;
}
