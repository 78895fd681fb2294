import process from 'node:process';

import { findBrokenCitations } from './citations.ts';
import { ROOT } from './tool.ts';

for (const line of findBrokenCitations(ROOT)) {
  process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
