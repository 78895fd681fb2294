import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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
  // Imported only here, so that a start with a fresh build does not wait for it.
  const { toolPath } = await import('./tool.ts');
  const build = spawnSync(
    process.execPath,
    [toolPath('vite'), 'build', '--app', '--logLevel', 'warn'],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = build.status ?? 1;
}
