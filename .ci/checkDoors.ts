import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';

import { compareDoors, describeDoors, DOORS_FILE } from './doors.ts';
import { findProxyReExports } from './reExports.ts';
import { ROOT } from './tool.ts';

const actual = describeDoors(ROOT);

if (process.argv.includes('--update')) {
  writeFileSync(DOORS_FILE, actual);
  process.stdout.write('.ci/doors.txt now lists what the doors export.\n');
} else {
  const recorded = existsSync(DOORS_FILE) ? readFileSync(DOORS_FILE, 'utf8') : '';
  const changes = compareDoors(recorded, actual);
  if (changes.length > 0) {
    process.stderr.write(
      `The doors are not what .ci/doors.txt records; if that is meant, run \`npm run doors -- --update\`:\n${changes.join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}

for (const line of findProxyReExports(ROOT)) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
