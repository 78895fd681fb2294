import * as z from 'zod';

import { maybe } from './common.ts';
import { SandboxPolicy } from './threads/index.ts';

/** Characters of a terminal. */
const TerminalSize = z.object({
  rows: z.int().min(0).max(65_535),
  cols: z.int().min(0).max(65_535),
});

/** A program that a client has run, outside of any thread (app-server §12). */
export const CommandExecParams = z.object({
  /** The program and its arguments; no shell reads them. */
  command: z.array(z.string()),
  /** Chosen by the client, of one connection; whatever follows names it. */
  processId: maybe(z.string()),
  tty: maybe(z.boolean()),
  streamStdin: maybe(z.boolean()),
  streamStdoutStderr: maybe(z.boolean()),
  /** Of each stream. */
  outputBytesCap: maybe(z.int().nonnegative()),
  disableOutputCap: maybe(z.boolean()),
  disableTimeout: maybe(z.boolean()),
  timeoutMs: maybe(z.int()),
  cwd: maybe(z.string()),
  /** Over the engine's own environment; null takes a variable out. */
  env: maybe(z.record(z.string(), z.string().nullable())),
  size: maybe(TerminalSize),
  sandboxPolicy: maybe(SandboxPolicy),
  /** The id of a profile; not beside a policy. */
  permissionProfile: maybe(z.string()),
});
export type CommandExecParams = z.output<typeof CommandExecParams>;
/** What was told by notifications is not in it again. */
export const CommandExecResponse = z.object({
  exitCode: z.int(),
  stdout: z.string(),
  stderr: z.string(),
});

export const CommandExecWriteParams = z.object({
  processId: z.string(),
  deltaBase64: maybe(z.string()),
  /** After the bytes. */
  closeStdin: maybe(z.boolean()),
});
export const CommandExecTerminateParams = z.object({ processId: z.string() });
export const CommandExecResizeParams = z.object({ processId: z.string(), size: TerminalSize });

export const CommandExecOutputDeltaNotification = z.object({
  processId: z.string(),
  stream: z.enum(['stdout', 'stderr']),
  deltaBase64: z.string(),
  /** On the last piece of a stream whose rest is left out. */
  capReached: z.boolean(),
});
