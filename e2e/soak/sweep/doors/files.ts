import { execFile } from 'node:child_process';
import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { createLineTransport } from '../../../../core/rpc/index.ts';
import { systemClock } from '../../../../core/platform/index.ts';
import { RpcProbe } from '../../../../core/testing/index.ts';
import type { AttackName, Cell, Door } from '../cells.ts';
import { DEEP, huge, noise } from '../payloads.ts';
import { Product } from '../../product.ts';
import { stopped } from '../socketCells.ts';

type Put = (path: string) => Promise<void>;

const text =
  (content: () => string | Buffer): Put =>
  (path) =>
    writeFile(path, content());

/** A pipe nobody writes into, so that reading it waits for ever. */
const pipe: Put = async (path) => {
  await promisify(execFile)('mkfifo', [path]);
};

/** Something that is read without an end. */
const endless: Put = (path) => symlink('/dev/zero', path);

type FileDoor = {
  readonly name: string;
  /** The file in the home, and what it says where all is well. */
  readonly path: string;
  readonly right: string;
  readonly puts: Readonly<Record<Exclude<AttackName, 'slow'>, Put>>;
  /** What a client asks that needs the file. */
  readonly method: string;
  /** It is looked at once after a start, so each attack is made on an engine that starts. */
  readonly isReadAtStart: boolean;
  readonly told: Partial<Readonly<Record<AttackName, RegExp>>>;
};

const MAX_MEMORY_MIB = 400;

/** A file in the home of an engine, which is there while its client asks for what needs it. */
const fileDoor = ({ name, path, right, puts, method, isReadAtStart, told }: FileDoor): Door => ({
  name,
  maxMemoryMiB: MAX_MEMORY_MIB,
  open: async () => {
    const product = await Product.start(['app-server']);
    const file = join(product.home, path);
    await mkdir(join(file, '..'), { recursive: true });
    const probe = await greet(product);
    const ask = async (): Promise<readonly string[]> =>
      isReadAtStart ? askAnew(product.home, method) : errorOf(probe, method);
    const cell = (attackName: AttackName, put: Put): Cell => ({
      told: told[attackName] ?? 'nothing',
      attack: async (stop) => {
        await put(file);
        const lines = await ask();
        await stopped(stop);
        await rm(file);
        return lines;
      },
    });
    // Some editors write as they please, and what is read meanwhile is a part.
    const piecemeal: Put = async () => {
      for (const part of [0.2, 0.6]) {
        await writeFile(file, right.slice(0, part * right.length));
        await ask();
      }
      await writeFile(file, right);
    };
    return {
      product,
      askAsOther: async () => {
        await probe.call('thread/loaded/list', {});
      },
      cells: {
        deep: cell('deep', puts.deep),
        huge: cell('huge', puts.huge),
        torn: cell('torn', puts.torn),
        binary: cell('binary', puts.binary),
        endless: cell('endless', puts.endless),
        slow: cell('slow', piecemeal),
        silent: cell('silent', puts.silent),
        'wrong type': cell('wrong type', puts['wrong type']),
      },
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  },
});

async function greet(product: Product): Promise<RpcProbe> {
  const probe = new RpcProbe(
    createLineTransport({
      input: product.child.stdout,
      output: product.child.stdin,
      onUnreadable: () => undefined,
      clock: systemClock,
    }),
  );
  await probe.hello('sweep', { experimentalApi: true });
  return probe;
}

async function errorOf(probe: RpcProbe, method: string): Promise<readonly string[]> {
  const { error } = await probe.ask(method, {});
  return error === undefined ? [] : [error.message];
}

/** Asks an engine that has just been started over the same home. */
async function askAnew(home: string, method: string): Promise<readonly string[]> {
  await using product = await Product.start(['app-server'], { env: { PARLEY_HOME: home } });
  const lines = await errorOf(await greet(product), method);
  const peakMiB = product.peakMemoryMiB() ?? 0;
  return peakMiB > MAX_MEMORY_MIB ? [...lines, `took ${Math.round(peakMiB)} MiB`] : lines;
}

const NOT_TOML = /^failed to load configuration: .*config\.toml.* not valid TOML/u;

export const settingsFile: Door = fileDoor({
  name: 'config.toml',
  path: 'config.toml',
  right: 'model = "sweep"\nmodel_verbosity = "low"\n',
  method: 'thread/start',
  isReadAtStart: false,
  puts: {
    deep: text(() => `a = ${'['.repeat(5_000)}${']'.repeat(5_000)}\n`),
    huge: text(huge),
    torn: text(() => 'model = "swe'),
    binary: text(() => noise(10_000)),
    endless,
    silent: pipe,
    'wrong type': text(() => 'model = 7\n'),
  },
  told: {
    deep: NOT_TOML,
    huge: /config\.toml cannot be read: it is larger than 4 MiB/u,
    torn: NOT_TOML,
    binary: NOT_TOML,
    endless: /config\.toml cannot be read: it is no ordinary file/u,
    silent: /config\.toml cannot be read: it is no ordinary file/u,
    'wrong type': /model/u,
  },
});

const META = `${JSON.stringify({
  timestamp: '2026-01-02T03:04:05.000Z',
  type: 'store/meta',
  payload: {
    id: '01a21ddf-3815-7065-af68-17fd0e0fbfe9',
    createdAtMs: 1_795_797_497_877,
    cwd: '/',
    model: 'sweep',
    modelProvider: 'practice',
    originator: 'sweep',
    source: 'vscode',
    threadSource: null,
  },
})}\n`;

/** One odd file among the conversations costs its own row at most. */
export const threadFile: Door = fileDoor({
  name: 'file of a conversation',
  path: 'sessions/2026/01/02/rollout-2026-01-02T03-04-05-01a21ddf-3815-7065-af68-17fd0e0fbfe9.jsonl',
  right: META,
  method: 'thread/list',
  isReadAtStart: true,
  puts: {
    deep: text(() => `${META}${DEEP}\n`),
    // As long as a very long conversation, and all of it one line.
    huge: text(() => META + huge()),
    torn: text(() => META.slice(0, -20)),
    binary: text(() => noise(100_000)),
    // As much as could just be held in memory, of nothing.
    endless: async (path) => {
      await writeFile(path, META);
      await truncate(path, 500 * 1024 * 1024);
    },
    silent: pipe,
    'wrong type': text(() => '{"timestamp":7,"type":"session_meta","payload":[]}\n'),
  },
  told: {},
});
