import type { ServerNotification } from '../../../core/protocol/index.ts';

/** A notification about the voice of a thread. */
export type VoiceNotice = Extract<ServerNotification, { method: `thread/realtime/${string}` }>;
