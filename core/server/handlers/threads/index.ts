import type { Services } from '../../services.ts';
import { forkHandlers } from './forks.ts';
import { historyHandlers } from './history.ts';
import { threadKeepingHandlers } from './threadKeeping.ts';
import { threadListHandlers } from './threadList.ts';
import { threadSearchHandlers } from './threadSearch.ts';
import { threadHandlers } from './threads.ts';
import { turnHandlers } from './turns.ts';

/** Threads and their turns: opened, read, listed, kept and driven. */
export const handlersOfThreads = (services: Services) => ({
  ...threadHandlers(services),
  ...forkHandlers(services),
  ...historyHandlers(services),
  ...threadListHandlers(services),
  ...threadSearchHandlers(services),
  ...threadKeepingHandlers(services),
  ...turnHandlers(services),
});
