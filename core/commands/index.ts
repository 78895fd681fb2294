export { Command } from './command.ts';
export { type CommandPorts, Commands } from './commands.ts';
export {
  type CommandEnd,
  CommandError,
  type CommandOutput,
  type CommandSpec,
  type TerminalSize,
} from './spec.ts';
