import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';

import { fingerprintSources, STAMP_FILE } from './build/fingerprint.ts';

const root = dirname(import.meta.dirname);

function builtFrom(): string | undefined {
  try {
    return readFileSync(join(root, STAMP_FILE), 'utf8').trim();
  } catch {
    // No build yet, or one that did not finish.
    return undefined;
  }
}

if (builtFrom() !== fingerprintSources(root)) {
  process.stdout.write('Building Parley, because its sources changed since the last build ...\n');
  const vite = join(
    dirname(createRequire(import.meta.url).resolve('vite/package.json')),
    'bin/vite.js',
  );
  const build = spawnSync(process.execPath, [vite, 'build', '--app', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = build.status ?? 1;
}
