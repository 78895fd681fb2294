import process from 'node:process';

import { runNode } from './steps.ts';
import { ROOT, toolPath } from './tool.ts';

// Lints everything there is: sources, tests, fakes, benchmarks, configuration and these scripts. What
// follows `npm run lint --` is handed on as it stands, once: `npm run lint -- --fix`.
process.chdir(ROOT);
process.exitCode = await runNode([toolPath('oxlint'), ...process.argv.slice(2)]);
