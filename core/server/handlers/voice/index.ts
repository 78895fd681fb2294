import type { Services } from '../../services.ts';
import { realtimeHandlers } from './realtime.ts';
import { recordingHandlers } from './recordings.ts';

/** The spoken side of a thread, and the sound that is kept of it. */
export const handlersOfVoice = (services: Services) => ({
  ...realtimeHandlers(services),
  ...recordingHandlers(services),
});
