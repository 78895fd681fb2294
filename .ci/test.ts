import process from 'node:process';

import { errorText } from '../core/base/index.ts';
import { ensureBubblewrap } from './bubblewrap.ts';
import { ensureChromium } from './chromium.ts';
import { checkStep, runNode, runnerStep, type StepResult, summarise } from './steps.ts';
import { ROOT, toolPath } from './tool.ts';

// The whole test of a commit. Every step runs, whatever became of those before it, so that one run
// shows everything there is to mend. `--quick` leaves out what needs a browser or a second build.

const quick = process.argv.includes('--quick');
process.chdir(ROOT);

const write = (text: string): void => {
  process.stdout.write(text);
};

const VITEST_REPORT = '.vitest/report.json';
const PLAYWRIGHT_REPORT = 'test-results/report.json';

async function runPlaywright(...projects: readonly string[]): Promise<number> {
  let chromium: string;
  try {
    chromium = await ensureChromium((line) => {
      write(`${line}\n`);
    });
  } catch (error) {
    write(`${errorText(error)}\n`);
    return 1;
  }
  write(`browser: ${chromium}\n`);
  return runNode(
    [
      toolPath('@playwright/test', 'playwright'),
      'test',
      '-c',
      'e2e/playwright.config.ts',
      '--reporter=list,json',
      ...projects.map((name) => `--project=${name}`),
    ],
    { PARLEY_CHROMIUM: chromium, PLAYWRIGHT_JSON_OUTPUT_FILE: PLAYWRIGHT_REPORT },
  );
}

async function runVitest(): Promise<number> {
  const problem = ensureBubblewrap();
  if (problem !== undefined) {
    write(`${problem}\n`);
    return 1;
  }
  return runNode(
    [
      toolPath('vitest'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${VITEST_REPORT}`,
    ],
    // Colours are for people at a terminal; in a log they are noise.
    process.stdout.isTTY ? {} : { NO_COLOR: '1' },
  );
}

const hasElectron = (process.env['ELECTRON_BINARY'] ?? '') !== '';

const steps: (() => Promise<StepResult>)[] = [
  () => checkStep('formatting', () => runNode([toolPath('oxfmt'), '--check'])),
  () => checkStep('lint', () => runNode(['.ci/lint.ts'])),
  () => checkStep('types', () => runNode([toolPath('typescript', 'tsc'), '-b'])),
  () => checkStep('layering', () => runNode(['.ci/checkDependencies.ts'])),
  () => checkStep('doors', () => runNode(['.ci/checkDoors.ts'])),
  () => checkStep('citations', () => runNode(['.ci/checkCitations.ts'])),
  () => checkStep('dead code', () => runNode([toolPath('knip')])),
  () =>
    checkStep('build', () => runNode([toolPath('vite'), 'build', '--app', '--logLevel', 'warn'])),
  () => runnerStep('unit and black-box', VITEST_REPORT, runVitest),
];
if (!quick) {
  steps.push(
    () => checkStep('one build', () => runNode(['.ci/checkBuild.ts'])),
    () =>
      runnerStep('browser', PLAYWRIGHT_REPORT, () =>
        runPlaywright('browser', ...(hasElectron ? ['electron'] : [])),
      ),
    // What is measured in real time runs with nothing beside it.
    () => runnerStep('media', PLAYWRIGHT_REPORT, () => runPlaywright('media')),
  );
}

const results: StepResult[] = [];
for (const step of steps) results.push(await step());

if (!hasElectron) write('\nelectron: not run (no executable)\n');
write(`\n${summarise(results)}`);
if (results.some(({ failed }) => failed > 0)) process.exitCode = 1;
