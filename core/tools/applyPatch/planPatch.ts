import { resolve } from 'node:path';

import { errorText, hasCode, ProductError } from '../../base/index.ts';
import type { FileUpdateChange } from '../../protocol/index.ts';
import {
  type FileEdit,
  type FileJudge,
  type FileState,
  type FileVerdict,
  hunksOf,
  inParallel,
  readState,
  realLocation,
  realName,
} from '../fileChanges/index.ts';
import { changedText } from './changedText.ts';
import { PatchError } from './errors.ts';

import type { PatchHunk } from './patchReader.ts';

/** What a patch comes to on the files as they are; nothing has been written. */
export type PatchPlan = {
  readonly edits: readonly FileEdit[];
  /** As clients see it. */
  readonly changes: readonly FileUpdateChange[];
  /** What a moved file was called before, by its new name. */
  readonly movedFrom: ReadonlyMap<string, string>;
  /** Why people have to be asked; empty where nobody has to be. */
  readonly reasons: readonly string[];
  /** What the model is told when it is done, a line per file. */
  readonly summary: readonly string[];
};

type PlannedHunk = {
  readonly edits: readonly FileEdit[];
  readonly change: FileUpdateChange;
  readonly movedFrom?: readonly [string, string];
  readonly verdicts: readonly FileVerdict[];
  readonly summary: string;
};

/** What the planning of one patch goes by. */
type Planning = {
  readonly folder: string;
  readonly judge: FileJudge;
  /** Counts what files hold; throws where it is more than is worked on at once. */
  readonly take: (state: FileState | undefined) => void;
};

/** All of it is in memory twice, before and after. */
const MAX_PATCHED_BYTES = 128 * 1024 * 1024;

/** In this order files are told of. */
const SUMMARY_ORDER = 'AMD';

/**
 * Reads the files that a patch names and works out what becomes of them, all of it before anything is
 * written. Paths that are not absolute are below `folder`. Throws PatchError for what cannot be done and for
 * what nobody may touch.
 */
export async function planPatch(
  hunks: readonly PatchHunk[],
  folder: string,
  judge: FileJudge,
): Promise<PatchPlan> {
  checkOncePerFile(hunks, folder);
  let left = MAX_PATCHED_BYTES;
  const take = (state: FileState | undefined): void => {
    left -= state?.kind === 'file' ? state.bytes.length : 0;
    if (left < 0) throw new PatchError('the files of this patch hold more than 128 MiB');
  };
  const planning = { folder, judge, take };
  const planned = await inParallel(hunks, async (hunk) => planHunk(hunk, planning));
  const edits = planned.flatMap((hunk) => hunk.edits);
  checkPlaces(edits);
  return {
    edits,
    changes: planned.map(({ change }) => change),
    movedFrom: new Map(planned.flatMap(({ movedFrom }) => (movedFrom ? [movedFrom] : []))),
    reasons: planned.flatMap(({ verdicts }) =>
      verdicts.flatMap((verdict) => (verdict.kind === 'ask' ? [verdict.why] : [])),
    ),
    summary: planned
      .map(({ summary }) => summary)
      .toSorted((one, other) => rankOf(one) - rankOf(other)),
  };
}

const rankOf = (line: string): number => SUMMARY_ORDER.indexOf(line.charAt(0));

function checkOncePerFile(hunks: readonly PatchHunk[], folder: string): void {
  const named = new Set<string>();
  for (const hunk of hunks) {
    const target = hunk.kind === 'update' ? (hunk.moveTo ?? hunk.path) : hunk.path;
    for (const path of new Set([resolve(folder, hunk.path), resolve(folder, target)])) {
      if (named.has(path))
        throw new PatchError(`invalid patch: multiple operations target ${path}`);
      named.add(path);
    }
  }
}

/** Two names may lead to one file. */
function checkPlaces(edits: readonly FileEdit[]): void {
  const places = new Map<string, string>();
  for (const { path, at } of edits) {
    const other = places.get(at);
    if (other !== undefined) {
      throw new PatchError(`invalid patch: ${other} and ${path} are the same file`);
    }
    places.set(at, path);
  }
}

async function planHunk(hunk: PatchHunk, planning: Planning): Promise<PlannedHunk> {
  const path = resolve(planning.folder, hunk.path);
  switch (hunk.kind) {
    case 'add':
      return planAdd(hunk, path, planning);
    case 'delete':
      return planDelete(hunk, path, planning);
    case 'update':
      return planUpdate(hunk, path, planning);
  }
}

async function planAdd(
  hunk: Extract<PatchHunk, { kind: 'add' }>,
  path: string,
  planning: Planning,
): Promise<PlannedHunk> {
  const { at, before, verdict } = await look(path, planning, { itself: false, what: 'write file' });
  const text = hunk.lines.map((line) => `${line}\n`).join('');
  const mode = before?.kind === 'file' ? before.mode : undefined;
  return {
    edits: [{ path, at, before, after: { kind: 'file', bytes: Buffer.from(text), mode } }],
    change: { path, kind: { type: 'add' }, diff: text },
    verdicts: [verdict],
    summary: `A ${hunk.path}`,
  };
}

async function planDelete(
  hunk: Extract<PatchHunk, { kind: 'delete' }>,
  path: string,
  planning: Planning,
): Promise<PlannedHunk> {
  const { at, before, verdict } = await look(path, planning, { itself: true, what: 'delete file' });
  if (before === undefined) throw missing('delete', path);
  return {
    edits: [{ path, at, before, after: undefined }],
    change: {
      path,
      kind: { type: 'delete' },
      diff: before.kind === 'file' ? before.bytes.toString('utf8') : `${before.target}\n`,
    },
    verdicts: [verdict],
    summary: `D ${hunk.path}`,
  };
}

async function planUpdate(
  hunk: Extract<PatchHunk, { kind: 'update' }>,
  path: string,
  planning: Planning,
): Promise<PlannedHunk> {
  const isMove = hunk.moveTo !== undefined;
  const { at, before, verdict } = await look(path, planning, {
    itself: isMove,
    what: 'read file to update',
  });
  if (before === undefined) throw missing('read file to update', path);
  if (before.kind === 'link') {
    throw new PatchError(`path \`${path}\` is a symbolic link, which is moved by its target`);
  }
  const text = textOf(path, before);
  const fresh = changedText(path, text, hunk.chunks);
  const after = { kind: 'file', bytes: Buffer.from(fresh), mode: before.mode } as const;
  const diff = hunksOf(text, fresh);
  if (hunk.moveTo === undefined) {
    return {
      edits: [{ path, at, before, after }],
      change: { path, kind: { type: 'update', move_path: null }, diff },
      verdicts: [verdict],
      summary: `M ${hunk.path}`,
    };
  }
  const target = resolve(planning.folder, hunk.moveTo);
  const change: FileUpdateChange = { path, kind: { type: 'update', move_path: target }, diff };
  if (target === path) {
    return {
      edits: [{ path, at, before, after }],
      change,
      verdicts: [verdict],
      summary: `M ${hunk.path}`,
    };
  }
  const to = await look(target, planning, { itself: false, what: 'write file' });
  return {
    edits: [
      { path, at, before, after: undefined },
      { path: target, at: to.at, before: to.before, after },
    ],
    change,
    movedFrom: [target, path],
    verdicts: [verdict, to.verdict],
    summary: `M ${hunk.moveTo}`,
  };
}

/** What stands there and whether it may be written; throws where it may not even be looked at. */
async function look(
  path: string,
  { judge, take }: Planning,
  { itself, what }: { readonly itself: boolean; readonly what: string },
): Promise<{
  readonly at: string;
  readonly before: FileState | undefined;
  readonly verdict: FileVerdict;
}> {
  try {
    const at = await (itself ? realName(path) : realLocation(path));
    // Before it is opened: whether it is there, and what it holds, is not to be learnt from a refusal.
    if (!judge.isReadable({ path, at })) throw denied(path);
    const before = await readState(at);
    take(before);
    const links = before?.kind === 'file' ? before.links : 1;
    return { at, before, verdict: judge.ofWriting({ path, at, links }) };
  } catch (error) {
    if (error instanceof PatchError) throw error;
    const words = error instanceof ProductError ? error.message : systemWords(error);
    throw new PatchError(`Failed to ${what} ${path}: ${words}`, { cause: error });
  }
}

const systemWords = (error: unknown): string =>
  hasCode(error, 'EACCES') ? 'Permission denied (os error 13)' : errorText(error);

const denied = (path: string): PatchError =>
  new PatchError(`${path} may not be touched: the permissions of this conversation close it`);

const missing = (what: string, path: string): PatchError =>
  new PatchError(`Failed to ${what} ${path}: No such file or directory (os error 2)`);

function textOf(path: string, state: Extract<FileState, { kind: 'file' }>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(state.bytes);
  } catch (error) {
    throw new PatchError(`Failed to read file to update ${path}: invalid utf-8 sequence`, {
      cause: error,
    });
  }
}
