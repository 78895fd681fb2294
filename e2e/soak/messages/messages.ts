import { randomInt } from 'node:crypto';
import { mkdir, mkdtempDisposable, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { SoakModelServer } from '../modelServer.ts';
import type { Soak } from '../soak.ts';
import { Product } from '../product.ts';
import { Conversation, type Facts } from './conversation.ts';
import { overSocket, overStdio } from './wires.ts';

const SOCKETS = 4;
/** What the engine may have in memory; without any message it has about 100. */
const MAX_MEMORY_MIB = 500;

/**
 * Requests of every kind, right and wrong, with other things among them that a client could send, to one engine on
 * stdio and one on sockets: whatever comes, each is answered once, and nothing is written outside of the home.
 * `SOAK_SEED` repeats the choices of a run.
 */
export const messages: Soak = {
  rounds: 100_000,
  async run(rounds, onRound) {
    const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 31));
    await using server = await SoakModelServer.start();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'parley-messages-'));
    const outside = ['user', 'temporary'].map((name) => join(folder.path, name));
    for (const path of outside) await mkdir(path);
    const [user = '', temporary = ''] = outside;
    const options = {
      config: server.config,
      // What Node has compiled is kept beside the homes, by design.
      env: { HOME: user, TMPDIR: temporary, XDG_CACHE_HOME: join(folder.path, 'cache') },
      folder: folder.path,
    };
    await using lines = await Product.start(['app-server', '--no-join'], options);
    await using frames = await Product.start(
      ['app-server', '--no-join', '--listen=ws://127.0.0.1:0'],
      options,
    );
    const url = await frames.printed(/ws:\/\/127\.0\.0\.1:\d+/u);
    const open = [
      { product: lines, name: 'stdio', openWire: overStdio(lines), messages: rounds >> 1 },
      ...Array.from({ length: SOCKETS }, (_, index) => ({
        product: frames,
        name: `socket ${index + 1}`,
        openWire: overSocket(url),
        messages: Math.floor((rounds - (rounds >> 1) + index) / SOCKETS),
      })),
    ];
    let round = 0;
    const facts: Facts = { answers: 0, errors: new Map(), cutOffs: 0 };
    const failures: string[] = [];
    await Promise.all(
      open.map(async ({ product, name, openWire, messages: count }, index) => {
        const scratch = join(product.home, 'scratch');
        await mkdir(scratch, { recursive: true });
        const conversation = new Conversation({ openWire, scratch, seed: seed + index, facts });
        const problems = await conversation.run(count, () => {
          round += 1;
          onRound(round);
        });
        failures.push(...problems.map((problem) => `${name}: ${problem}`));
      }),
    );
    const peaks = [lines, frames].map((product) => product.peakMemoryMiB() ?? 0);
    for (const product of [lines, frames]) {
      if (product.hasEnded) failures.push(`the process ended: ${product.lastWords}`);
    }
    for (const { home } of [lines, frames]) failures.push(...(await loggedErrors(home)));
    for (const peak of peaks) {
      if (peak > MAX_MEMORY_MIB) failures.push(`took ${Math.round(peak)} MiB`);
    }
    for (const path of outside) {
      const names = await readdir(path, { recursive: true });
      if (names.length > 0) failures.push(`wrote outside of its home: ${names.join(', ')}`);
    }
    const errors = Array.from(facts.errors, ([code, count]) => `${count} of ${code}`);
    return {
      passed: Math.max(0, rounds - failures.length),
      failures,
      summary:
        `${facts.answers} answers to ${rounds} messages (errors: ${errors.join(', ')}), ` +
        `${facts.cutOffs} connections cut off, at most ${peaks.map(Math.round).join(' and ')} MiB, seed ${seed}`,
    };
  },
};

/** What a request failed for that is no refusal in words; its client was told something, but not why. */
async function loggedErrors(home: string): Promise<readonly string[]> {
  const folder = join(home, 'log');
  const texts = await Promise.all(
    (await readdir(folder)).map(async (name) => readFile(join(folder, name), 'utf8')),
  );
  return texts.flatMap((text) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{"level":"error"'))
      .map((line) => `logged ${line}`),
  );
}
