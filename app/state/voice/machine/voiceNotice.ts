import type { ServerNotification } from '../../../../core/protocol/index.ts';

/** A notification about the voice of a thread. */
export type VoiceNotice = Extract<ServerNotification, { method: `thread/realtime/${string}` }>;

export const isVoiceNotice = (notice: ServerNotification): notice is VoiceNotice =>
  notice.method.startsWith('thread/realtime/');
