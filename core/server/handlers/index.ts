import type { Services } from '../services.ts';
import { accountHandlers } from './account.ts';
import { commandHandlers } from './commands.ts';
import { fileHandlers } from './files.ts';
import { environmentHandlers } from './environments.ts';
import { forkHandlers } from './forks.ts';
import { featureHandlers } from './features.ts';
import type { Handlers } from './handler.ts';
import { mcpHandlers } from './mcp.ts';
import { historyHandlers } from './history.ts';
import { realtimeHandlers } from './realtime.ts';
import { recordingHandlers } from './recordings.ts';
import { settingsHandlers } from './settings.ts';
import { threadKeepingHandlers } from './threadKeeping.ts';
import { threadListHandlers } from './threadList.ts';
import { threadHandlers } from './threads.ts';
import { turnHandlers } from './turns.ts';

export type { Handlers, Reply } from './handler.ts';

/** A handler for every method there is, over what they share. */
export function createHandlers(services: Services): Handlers {
  return {
    ...threadHandlers(services),
    ...forkHandlers(services),
    ...historyHandlers(services),
    ...threadListHandlers(services),
    ...threadKeepingHandlers(services),
    ...turnHandlers(services),
    ...environmentHandlers(services),
    ...settingsHandlers(services),
    ...accountHandlers(services),
    ...featureHandlers(services),
    ...realtimeHandlers(services),
    ...recordingHandlers(services),
    ...fileHandlers(),
    ...commandHandlers(services),
    ...mcpHandlers(services),
  };
}
