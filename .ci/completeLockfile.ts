import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { completeLockfile, missingOptionalPackages } from './lockfile.ts';
import { ROOT } from './tool.ts';

// Run after adding or updating a package, when the test of the lock file asks for it.
const file = join(ROOT, 'package-lock.json');
const text = readFileSync(file, 'utf8');
const missing = missingOptionalPackages(text);
if (missing.length > 0) writeFileSync(file, completeLockfile(text));
process.stdout.write(`${missing.length} packages for other systems added to package-lock.json\n`);
