import { spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { attempt, finish, serverUrl, skip } from './kit.mjs';

// The compliance program of Open Responses, as a checkout of its repository has it. It is copied beside the
// zod it was written for, so that nothing has to be installed in the checkout.

const checkout = process.env.FOREIGN_CHECKOUT ?? '';
await rm('checkout', { recursive: true, force: true });
for (const folder of ['bin', 'src']) {
  await cp(join(checkout, folder), join('checkout', folder), { recursive: true });
}

const program = spawn(
  process.execPath,
  [
    fileURLToPath(import.meta.resolve('tsx/cli')),
    join('checkout', 'bin', 'compliance-test.ts'),
    '--base-url',
    serverUrl,
    '--api-key',
    'any',
    '--json',
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
const { results } = JSON.parse(await text(program.stdout));
for (const { id, status, errors = [] } of results) {
  if (status === 'skipped') {
    skip(id, errors.join('; '));
    continue;
  }
  await attempt(id, async () => {
    if (status !== 'passed') throw new Error(errors.join('; '));
  });
}

finish();
