export { type CommandEnd, CommandError, type CommandOutput, type CommandSpec } from './command.ts';
export { type CommandPorts, Commands } from './commands.ts';
