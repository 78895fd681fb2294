import type { Services } from '../../services.ts';
import { commandHandlers } from './commands.ts';
import { environmentHandlers } from './environments.ts';
import { fileHandlers } from './files.ts';

/** The machine that the engine runs on: its files, its programs, its environments. */
export const handlersOfMachine = (services: Services) => ({
  ...fileHandlers(),
  ...commandHandlers(services),
  ...environmentHandlers(services),
});
