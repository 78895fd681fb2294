import process from 'node:process';
import { parseArgs } from 'node:util';

import { errorText } from '../../core/base/index.ts';
import { type Build, buildCommit, describeCommit, describeWorkingTree } from './builds.ts';
import { benchCalls } from './calls.ts';
import { benchCascade } from './cascade.ts';
import { benchDelegation } from './delegation.ts';
import { benchFlood } from './flood.ts';
import { benchHops } from './hops.ts';
import { benchJournal } from './journal.ts';
import { benchManyThreads } from './manyThreads.ts';
import { benchPageOpening } from './pageOpening.ts';
import { benchPageStart } from './pageStart.ts';
import { benchPageText } from './pageText.ts';
import { type Benchmark, confirmLosses, formatRows, missesLimit } from './row.ts';
import { benchSessionStart } from './sessionStart.ts';
import { benchStartup } from './startup.ts';
import { benchTextLoad } from './textLoad.ts';
import { benchTextFirst, benchTextTurns } from './textTurns.ts';
import { benchThreadResume } from './threadResume.ts';

// `npm run bench -- [--before REF] [--peer PATH] [--rounds N] [--only NAME,...]`: measures the built
// product (run `npm run build` first). `--before` builds that commit in a folder of its own and measures it
// beside the working tree: a figure that is more than 1.05 times worse, three times over, fails. Another benchmark is another file with a `Benchmark` in it, and its name here.
const benchmarks: Readonly<Record<string, Benchmark>> = {
  startup: benchStartup,
  pageStart: benchPageStart,
  sessionStart: benchSessionStart,
  hops: benchHops,
  delegation: benchDelegation,
  cascade: benchCascade,
  flood: benchFlood,
  calls: benchCalls,
  textFirst: benchTextFirst,
  textTurns: benchTextTurns,
  textLoad: benchTextLoad,
  pageText: benchPageText,
  pageOpening: benchPageOpening,
  journal: benchJournal,
  manyThreads: benchManyThreads,
  threadResume: benchThreadResume,
};

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    before: { type: 'string' },
    peer: { type: 'string' },
    rounds: { type: 'string', default: '21' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  refuse(`--rounds takes a whole number from 1 up, not ${values.rounds}`);
}
await using owned = new AsyncDisposableStack();
let before: Build | undefined;
if (values.before !== undefined) {
  process.stdout.write(
    `ours: ${await describeWorkingTree()}\nbefore: ${await describeCommit(values.before)}\n\n`,
  );
  before = owned.use(await buildCommit(values.before));
}
const names = values.only?.split(',') ?? Object.keys(benchmarks);

for (const name of names) {
  const benchmark = benchmarks[name];
  if (benchmark === undefined) {
    refuse(`--only takes names out of ${Object.keys(benchmarks).join(', ')}, not ${name}`);
  }
  try {
    const options = { before, peer: values.peer, rounds };
    const rows = await confirmLosses(async () => benchmark(options));
    process.stdout.write(formatRows(rows));
    if (rows.some((row) => missesLimit(row))) process.exitCode = 1;
  } catch (error) {
    // One that cannot be measured must not hide the others.
    process.stderr.write(`${name} not measured: ${errorText(error)}\n`);
    process.exitCode = 1;
  }
}
