import * as z from 'zod';

import { maybe } from '../common.ts';

/** Where a turn is to work; the folder may be given relative to the thread's own. */
export const TurnEnvironmentParams = z.object({
  environmentId: z.string(),
  cwd: z.string(),
  /** Absent means the folder alone. */
  runtimeWorkspaceRoots: maybe(z.array(z.string())),
});
export type TurnEnvironmentParams = z.infer<typeof TurnEnvironmentParams>;

/** Where a thread works; the first of several is the one that counts. */
export const ThreadEnvironment = z.object({
  environmentId: z.string(),
  cwd: z.string(),
  runtimeWorkspaceRoots: z.array(z.string()),
});
export type ThreadEnvironment = z.infer<typeof ThreadEnvironment>;

export const EnvironmentParams = z.object({ environmentId: z.string() });
export const EnvironmentInfoResponse = z.object({
  shell: z.object({ name: z.string(), path: z.string() }),
  /** A file URI. */
  cwd: z.string().nullable(),
});
export const EnvironmentStatusResponse = z.object({
  status: z.enum(['ready', 'pending', 'disconnected', 'unknown']),
  /** Why, with `disconnected` and `unknown`. */
  error: z.string().optional(),
});
