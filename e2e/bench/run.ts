import process from 'node:process';
import { parseArgs } from 'node:util';

import { errorText } from '../../core/base/index.ts';
import { benchPageStart } from './pageStart.ts';
import { type Benchmark, formatRows, missesLimit } from './row.ts';
import { benchStartup } from './startup.ts';

// `npm run bench -- [--peer PATH] [--rounds N]`: measures the built product (run `npm run build` first).
// Another benchmark is another file with a `Benchmark` in it, and its name in this list.
const benchmarks: readonly Benchmark[] = [benchStartup, benchPageStart];

const { values } = parseArgs({
  options: { peer: { type: 'string' }, rounds: { type: 'string', default: '21' } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`--rounds takes a whole number from 1 up, not ${values.rounds}\n`);
  process.exit(2);
}

for (const benchmark of benchmarks) {
  try {
    const rows = await benchmark({ peer: values.peer, rounds });
    process.stdout.write(formatRows(rows));
    if (rows.some((row) => missesLimit(row))) process.exitCode = 1;
  } catch (error) {
    // One that cannot be measured must not hide the others.
    process.stderr.write(`not measured: ${errorText(error)}\n`);
    process.exitCode = 1;
  }
}
