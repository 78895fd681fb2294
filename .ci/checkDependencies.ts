import process from 'node:process';

import { checkLayering } from './layering.ts';
import { ROOT } from './tool.ts';

const { modules, violations, missed } = await checkLayering(ROOT);

for (const line of violations) process.stderr.write(`${line}\n`);
for (const file of missed) process.stderr.write(`not analysed: ${file}\n`);
process.stdout.write(`${modules} modules, ${violations.length} violations\n`);
if (violations.length > 0 || missed.length > 0) process.exitCode = 1;
