import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

const ROOT = join(import.meta.dirname, '../..');

/** The command that people run. */
export const LAUNCHER = join(ROOT, 'main/cli/parley.cjs');

/** The launcher prefers what is built, so without this a build of older sources would be tested instead of these. */
export function buildIfStale(): void {
  const build = spawnSync(process.execPath, [join(ROOT, '.ci/buildIfStale.ts')], { cwd: ROOT });
  if (build.status !== 0) throw new Error(String(build.stderr));
}
