import process from 'node:process';
import { parseArgs } from 'node:util';

import { errorText } from '../../core/base/index.ts';
import { cascade } from './cascade.ts';
import { commandRules } from './commandRules.ts';
import { killedEngine } from './killedEngine.ts';
import { messages } from './messages/index.ts';
import { patches } from './patches.ts';
import type { Soak } from './soak.ts';
import { sweep } from './sweep/index.ts';

// `npm run soak -- [--only NAME,...] [--rounds N]`: what only shows when it is done many times, on the
// built product (run `npm run build` first). Another soak is another file with a `Soak`, and its name here.
const soaks: Readonly<Record<string, Soak>> = {
  killedEngine,
  cascade,
  sweep,
  messages,
  commandRules,
  patches,
};

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, rounds: { type: 'string' } },
});
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
if (rounds !== undefined && (!Number.isInteger(rounds) || rounds < 1)) {
  refuse(`--rounds takes a whole number from 1 up, not ${values.rounds}`);
}
const names = values.only?.split(',') ?? Object.keys(soaks);

let passed = 0;
let failed = 0;
for (const name of names) {
  const soak = soaks[name];
  if (soak === undefined) {
    refuse(`--only takes names out of ${Object.keys(soaks).join(', ')}, not ${name}`);
  }
  const wanted = rounds ?? soak.rounds;
  // A thousand words about the longest of them are enough.
  const everyRounds = Math.max(50, wanted / 1_000);
  try {
    const result = await soak.run(wanted, (round) => {
      if (round % everyRounds === 0) process.stdout.write(`${name}: ${round} of ${wanted}\n`);
    });
    passed += result.passed;
    failed += result.failures.length;
    for (const failure of result.failures) process.stdout.write(`${name}: ${failure}\n`);
    process.stdout.write(`${name}: ${result.summary}\n`);
  } catch (error) {
    // One that cannot be run must not hide the others.
    failed += 1;
    process.stderr.write(`${name} ended early: ${errorText(error)}\n`);
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0) process.exitCode = 1;
