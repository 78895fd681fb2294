import * as z from 'zod';

/** What becomes of a file; `move_path` is its new name. */
export const PatchChangeKind = z.discriminatedUnion('type', [
  z.object({ type: z.literal('add') }),
  z.object({ type: z.literal('delete') }),
  z.object({ type: z.literal('update'), move_path: z.string().nullable() }),
]);

/** `diff` is the whole text of a file that comes or goes, and hunks of one that changes (app-server §7). */
export const FileUpdateChange = z.object({
  path: z.string(),
  kind: PatchChangeKind,
  diff: z.string(),
});
export type FileUpdateChange = z.infer<typeof FileUpdateChange>;

export const PatchApplyStatus = z.enum(['inProgress', 'completed', 'failed', 'declined']);

const inTurn = { threadId: z.string(), turnId: z.string() };

/** All that the model has written of a patch until now, before its item is started; paths are as it writes them. */
export const FileChangePatchUpdatedNotification = z.object({
  ...inTurn,
  itemId: z.string(),
  changes: z.array(FileUpdateChange),
});

/** What the turn has changed in files altogether, as Git shows it; empty when nothing is left of it. */
export const TurnDiffUpdatedNotification = z.object({ ...inTurn, diff: z.string() });

/** Parley's addition: takes what a turn has changed in files back, all of it or nothing (app-server §7). */
export const ThreadFileChangesUndoParams = z.object(inTurn);
export const ThreadFileChangesUndoResponse = z.object({ paths: z.array(z.string()) });

/** Parley's addition: these files are what they were before the turn. */
export const ThreadFileChangesUndoneNotification = z.object({
  ...inTurn,
  paths: z.array(z.string()),
});
