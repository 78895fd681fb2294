import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What a build is made of. Anything else (tests' results, documents) never makes it stale. */
const BUILD_INPUTS: readonly string[] = [
  'app',
  'core',
  'realtime',
  'main',
  '.ci/build',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];

const IGNORED = /(?:\.test\.tsx?|\.tsbuildinfo)$/;
const IGNORED_FOLDERS = new Set(['testing', 'tests', 'node_modules']);

/** Where a finished build leaves the fingerprint of the sources it was made of. */
export const STAMP_FILE = 'dist/.stamp';

function* filesBelow(root: string, path: string): Generator<string> {
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  for (const entry of entries) {
    const child = `${path}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!IGNORED_FOLDERS.has(entry.name)) yield* filesBelow(root, child);
    } else if (!IGNORED.test(entry.name)) {
      yield child;
    }
  }
}

/**
 * A hash of the names, sizes and change times of everything the build reads under `root`. Contents are
 * not read: that keeps the check far below 100 ms, and the worst outcome of a touched file is a rebuild.
 * Names are part of it, so a deleted file makes a build stale too.
 */
export function fingerprintSources(root: string): string {
  const hash = createHash('sha256');
  for (const input of BUILD_INPUTS) {
    const stats = statSync(join(root, input), { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const files = stats.isDirectory() ? [...filesBelow(root, input)].toSorted() : [input];
    for (const file of files) {
      const { size, mtimeMs } = statSync(join(root, file));
      hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}
