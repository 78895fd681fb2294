import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import process from 'node:process';

import { STAMP_FILE } from './build/fingerprint.ts';
import { ROOT, toolPath } from './tool.ts';
import { compareTrees, hashFiles } from './treeHash.ts';

// There is one build: this makes a second one from a copy of the sources that has no test and no
// test support in it, with NODE_ENV=test set, and expects the same bytes as in dist/.

const SOURCES = ['app', 'core', 'realtime', 'main', '.ci', 'vite.config.ts', 'tsconfig.json'];
const MANIFESTS = ['package.json', 'package-lock.json'];
const TEST_FILE = /\.(?:test|spec)\.tsx?$/;
const LEFT_OUT = new Set(['testing', 'tests']);

// The stamp tells file times, which is its job and differs.
const isShipped = ([file]: [string, string]): boolean => file !== basename(STAMP_FILE);

const copy = mkdtempSync(join(tmpdir(), 'parley-build-'));
try {
  for (const source of [...SOURCES, ...MANIFESTS]) {
    cpSync(join(ROOT, source), join(copy, source), {
      recursive: true,
      filter: (file) => {
        const parts = relative(ROOT, file).split(/[\\/]/);
        return !TEST_FILE.test(basename(file)) && !parts.some((part) => LEFT_OUT.has(part));
      },
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const build = spawnSync(
    process.execPath,
    [toolPath('vite'), 'build', '--app', '--logLevel', 'error'],
    {
      cwd: copy,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, NODE_ENV: 'test' },
    },
  );
  if (build.status === 0) {
    const shipped = new Map([...hashFiles(join(ROOT, 'dist'))].filter(isShipped));
    const again = new Map([...hashFiles(join(copy, 'dist'))].filter(isShipped));
    const differences = compareTrees(shipped, again);
    for (const line of differences) process.stderr.write(`${line}\n`);
    process.stdout.write(
      `${shipped.size} files, ${differences.length} differences to a build without test support\n`,
    );
    if (differences.length > 0) process.exitCode = 1;
  } else {
    process.stderr.write('Without test support the sources do not build.\n');
    process.exitCode = 1;
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
