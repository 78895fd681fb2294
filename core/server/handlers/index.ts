import type { Services } from '../services.ts';
import type { Handlers } from './handler.ts';
import { handlersOfMachine } from './machine/index.ts';
import { mcpHandlers } from './mcp.ts';
import { handlersOfSettings } from './settings/index.ts';
import { handlersOfThreads } from './threads/index.ts';
import { handlersOfVoice } from './voice/index.ts';

export type { Handlers, Reply } from './handler.ts';

/** A handler for every method there is, over what they share; a folder is a family. */
export function createHandlers(services: Services): Handlers {
  return {
    ...handlersOfThreads(services),
    ...handlersOfSettings(services),
    ...handlersOfVoice(services),
    ...handlersOfMachine(services),
    ...mcpHandlers(services),
  };
}
