import * as z from 'zod';

import { maybe } from '../common.ts';

/** Places that are named by what they are; they mean something else for each working directory. */
const FileSystemSpecialPath = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['root', 'minimal', 'tmpdir', 'slash_tmp']) }),
  z.object({
    /** `current_working_directory` is what older clients say for the project's root. */
    kind: z.enum(['project_roots', 'current_working_directory']),
    subpath: maybe(z.string()),
  }),
  z.object({ kind: z.literal('unknown'), path: z.string(), subpath: maybe(z.string()) }),
]);

/** A place by its name, by a pattern, or by what it is. */
export const FileSystemPath = z.discriminatedUnion('type', [
  z.object({ type: z.literal('path'), path: z.string() }),
  z.object({ type: z.literal('glob_pattern'), pattern: z.string() }),
  z.object({ type: z.literal('special'), value: FileSystemSpecialPath }),
]);

export type FileSystemPath = z.infer<typeof FileSystemPath>;

const FileSystemPermissions = z.object({
  /** Simple forms of `entries`, for older clients. */
  read: maybe(z.array(z.string())),
  write: maybe(z.array(z.string())),
  entries: maybe(
    z.array(
      z.object({
        path: FileSystemPath,
        /** `none` is what older clients say for `deny`. */
        access: z.enum(['read', 'write', 'deny', 'none']),
      }),
    ),
  ),
  globScanMaxDepth: maybe(z.int().min(1)),
});

/** What may be touched beyond what the thread's own permissions allow (app-server §8). */
export const PermissionProfile = z.object({
  network: maybe(z.object({ enabled: maybe(z.boolean()) })),
  fileSystem: maybe(FileSystemPermissions),
});
export type PermissionProfile = z.infer<typeof PermissionProfile>;
