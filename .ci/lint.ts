import process from 'node:process';

import { runNode } from './steps.ts';
import { toolPath } from './tool.ts';

// Lints everything below the current folder: sources, tests, fakes, benchmarks, configuration and these
// scripts. What follows `npm run lint --` is handed on as it stands, once: `npm run lint -- --fix`.
process.exitCode = await runNode([toolPath('oxlint'), ...process.argv.slice(2)]);
