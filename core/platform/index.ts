export {
  ensurePrivateFolder,
  ensurePrivateFolderSync,
  makeFolders,
  PRIVATE_FILE_MODE,
  readSettingsText,
  syncFolder,
  writeFileAtomic,
} from './files.ts';
export { currentDirectory, resolveHome, systemFolder } from './home.ts';
export { createIdSource, newUuid } from './ids.ts';
export { installationId, InstallationIdError } from './installationId.ts';
export {
  createFileLogger,
  type FileLogger,
  type FileLoggerOptions,
  type LogFields,
  type Logger,
  logPath,
} from './logger.ts';
export { redact } from './redact.ts';
export {
  type CommandRequest,
  type CommandResult,
  type RunCommand,
  runCommand,
} from './runCommand.ts';
export { systemClock } from './systemClock.ts';
export { systemTimeZone } from './timeZone.ts';
export { userShell } from './userShell.ts';
