import * as z from 'zod';

import { maybe } from './common.ts';

// Contents are base64, paths absolute (app-server §12).

export const FsReadFileParams = z.object({ path: z.string() });
export const FsReadFileResponse = z.object({ dataBase64: z.string() });

export const FsWriteFileParams = z.object({ path: z.string(), dataBase64: z.string() });

export const FsCreateDirectoryParams = z.object({
  path: z.string(),
  /** With the folders above it; true unless told. */
  recursive: maybe(z.boolean()),
});

export const FsGetMetadataParams = z.object({ path: z.string() });
/** What a path leads to; times are 0 where nobody knows them. */
export const FsGetMetadataResponse = z.object({
  isDirectory: z.boolean(),
  isFile: z.boolean(),
  /** Of the path itself. */
  isSymlink: z.boolean(),
  createdAtMs: z.int(),
  modifiedAtMs: z.int(),
});
export type FsGetMetadataResponse = z.infer<typeof FsGetMetadataResponse>;

export const FsReadDirectoryParams = z.object({ path: z.string() });
/** What lies in a folder, each by its own name and by what it leads to. */
export const FsReadDirectoryResponse = z.object({
  entries: z.array(
    z.object({ fileName: z.string(), isDirectory: z.boolean(), isFile: z.boolean() }),
  ),
});
export type FsReadDirectoryResponse = z.infer<typeof FsReadDirectoryResponse>;

export const FsRemoveParams = z.object({
  path: z.string(),
  /** With all that is in it; true unless told. */
  recursive: maybe(z.boolean()),
  /** Whether one that is not there is no fault; true unless told. */
  force: maybe(z.boolean()),
});

export const FsCopyParams = z.object({
  sourcePath: z.string(),
  destinationPath: z.string(),
  /** A folder needs it. */
  recursive: maybe(z.boolean()),
});
