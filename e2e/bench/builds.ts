import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');

/** A built Parley that can be started. */
export type Build = { readonly name: 'ours' | 'before'; readonly root: string };

export const launcherOf = ({ root }: Build): string => join(root, 'main/cli/parley.cjs');

/** What is measured of our own: the working tree, and beside it the commit before where one was named. */
export function builds(before: Build | undefined): readonly [Build, ...Build[]] {
  const ours: Build = { name: 'ours', root: ROOT };
  return before === undefined ? [ours] : [ours, before];
}

async function run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  if (code === 0) return output.trim();
  throw new Error(
    `${program} ${args.join(' ')} ended with ${code}: ${errors.trim() || output.trim()}`,
  );
}

/** A commit in words: its short name and subject. */
export const describeCommit = async (commit: string): Promise<string> =>
  run(ROOT, 'git', 'log', '-1', '--format=%h %s', commit);

/** What the working tree is: its commit, and whether it has changes beside it. */
export async function describeWorkingTree(): Promise<string> {
  const changes = await run(ROOT, 'git', 'status', '--porcelain', '--untracked-files=no');
  return `${await describeCommit('HEAD')}${changes === '' ? '' : ', with changes'}`;
}

/**
 * Checks a commit out into a folder of its own and builds it there; it is gone at the end. Packages are
 * shared where the commit asks for the same, else they are installed. Throws with the words of the
 * program that failed.
 */
export async function buildCommit(ref: string): Promise<Build & AsyncDisposable> {
  await using owned = new AsyncDisposableStack();
  const commit = await run(ROOT, 'git', 'rev-parse', '--verify', `${ref}^{commit}`);
  const folder = owned.use(await mkdtempDisposable(join(tmpdir(), 'parley-before-')));
  const root = join(folder.path, 'tree');
  await run(ROOT, 'git', 'worktree', 'add', '--detach', root, commit);
  owned.defer(async () => {
    await run(ROOT, 'git', 'worktree', 'remove', '--force', root);
  });
  const lockfiles = [ROOT, root].map((tree) => readFile(join(tree, 'package-lock.json'), 'utf8'));
  const [ours, theirs] = await Promise.all(lockfiles);
  if (ours === theirs) await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  else await run(root, 'npm', 'ci');
  await run(root, process.execPath, '.ci/buildIfStale.ts');
  const kept = owned.move();
  return { name: 'before', root, [Symbol.asyncDispose]: async () => kept.disposeAsync() };
}
