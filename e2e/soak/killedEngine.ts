import { randomInt } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { EngineProcess } from '../../main/testing/index.ts';
import { SoakModelServer } from './modelServer.ts';
import type { Soak } from './soak.ts';

/** Of a thread, before another takes its place; so files of every length are killed over. */
const KILLS_OF_A_THREAD = 25;
/** A turn makes about fifteen. */
const MAX_MESSAGES = 60;

type Item = { readonly id: string; readonly type: string };
type Turn = { readonly id: string; readonly status: string; readonly items: readonly Item[] };
type ReadThread = { readonly thread: { readonly path: string; readonly turns: readonly Turn[] } };

/** A thread and all that a client was told of it as done. */
type Told = {
  readonly threadId: string;
  readonly items: Map<string, Item>;
  readonly turns: Set<string>;
  kills: number;
};

/**
 * `kill -9` at random messages, over and over: what a client was told as completed is there after the
 * next start, the file has no damaged line before its last, and the thread goes on.
 */
export const killedEngine: Soak = {
  rounds: 500,
  async run(rounds, onRound) {
    await using server = await SoakModelServer.start();
    await using home = await mkdtempDisposable(join(tmpdir(), 'parley-soak-'));
    await writeFile(join(home.path, 'config.toml'), server.config);
    const failures: string[] = [];
    const facts = { items: 0, turns: 0, threads: 0 };
    let told: Told | undefined;
    for (let round = 1; round <= rounds; round += 1) {
      await using worker = await start(home.path);
      told ??= newTold(await worker.client.thread());
      if (told.kills > 0) await worker.client.call('thread/resume', { threadId: told.threadId });
      const before = { items: told.items.size, turns: told.turns.size };
      await workUntilKilled(worker, told);
      facts.items += told.items.size - before.items;
      facts.turns += told.turns.size - before.turns;

      // A thread that was killed before its first item was told need not be there.
      if (told.items.size > 0) {
        await using reader = await start(home.path);
        const problems = await lookAt(reader, told);
        if (problems.length > 0) {
          // Told once: what it has lost would be missing after every later kill as well.
          told = undefined;
        } else if (told.kills === KILLS_OF_A_THREAD || round === rounds) {
          problems.push(...(await goOn(reader, told)));
          facts.threads += 1;
          told = undefined;
        }
        if (problems.length > 0) failures.push(`kill ${round}: ${problems.join('; ')}`);
      } else {
        told = undefined;
      }
      onRound(round);
    }
    return {
      passed: rounds - failures.length,
      failures,
      summary: `${facts.items} completed items and ${facts.turns} completed turns of ${facts.threads} threads were told before ${rounds} kills`,
    };
  },
};

function newTold(threadId: string): Told {
  return { threadId, items: new Map(), turns: new Set(), kills: 0 };
}

/** Has an engine do turn after turn, and kills it. */
async function workUntilKilled(engine: EngineProcess, told: Told): Promise<void> {
  const { client } = engine;
  engine.killAfter(1 + randomInt(MAX_MESSAGES));
  for (let turn = 1; ; turn += 1) {
    const done = client.turn(told.threadId, 'x'.repeat(1 + randomInt(200)));
    const completed = done.then(() => client.notification('turn/completed', turn));
    if ((await engine.unlessEnded(completed)) === undefined) break;
  }
  told.kills += 1;
  for (const { item } of client.all('item/completed')) {
    told.items.set((item as Item).id, item as Item);
  }
  for (const { turn } of client.all('turn/completed')) told.turns.add((turn as Turn).id);
}

/** Looks at the file as it was left, and at what the next engine makes of it. */
async function lookAt({ client }: EngineProcess, told: Told): Promise<string[]> {
  const { threadId } = told;
  const read = await client.ask('thread/read', { threadId, includeTurns: true });
  if (read.error !== undefined) return [`thread/read: ${read.error.message}`];
  const { thread } = read.result as ReadThread;
  const lines = (await readFile(thread.path, 'utf8')).split('\n').slice(0, -1);
  const damaged = lines.flatMap((line, index) => (isJson(line) ? [] : [index + 1]));
  const resumed = (await client.call('thread/resume', { threadId })) as ReadThread;
  return [
    ...(damaged.length === 0 ? [] : [`damaged lines: ${damaged.join(', ')}`]),
    ...differences(told, thread, 'thread/read'),
    ...differences(told, resumed.thread, 'thread/resume'),
  ];
}

/** One more turn, undisturbed. */
async function goOn({ client }: EngineProcess, { threadId }: Told): Promise<readonly string[]> {
  await client.turn(threadId, 'One more');
  const { turn } = await client.notification('turn/completed');
  const { status } = turn as Turn;
  return status === 'completed' ? [] : [`the thread does not go on: its next turn is ${status}`];
}

async function start(home: string): Promise<EngineProcess> {
  const engine = new EngineProcess(home);
  await engine.client.hello('soak', { experimentalApi: true });
  return engine;
}

function differences(told: Told, thread: ReadThread['thread'], where: string): readonly string[] {
  const items = new Map(thread.turns.flatMap((turn) => turn.items).map((item) => [item.id, item]));
  const turns = new Map(thread.turns.map((turn) => [turn.id, turn]));
  const lost = Array.from(told.items.values())
    .filter((item) => !isDeepStrictEqual(items.get(item.id), item))
    .map(({ id, type }) => `${items.has(id) ? 'another' : 'no'} ${type} ${id}`);
  const open = Array.from(told.turns)
    .filter((id) => turns.get(id)?.status !== 'completed')
    .map((id) => `turn ${id} not completed`);
  return [...lost, ...open].map((what) => `${where} has ${what}`);
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}
