import { randomInt } from 'node:crypto';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import type { RpcProbe } from '../../core/testing/index.ts';
import { EngineProcess } from '../../main/testing/index.ts';
import { SoakModelServer } from './modelServer.ts';
import type { Soak } from './soak.ts';

/** Of a thread, before another takes its place; so files of every length are killed over. */
const KILLS_OF_A_THREAD = 25;
/** A turn makes about fifteen. */
const MAX_MESSAGES = 60;
/** For a process whose engine was another one that is gone: it only has to say so. */
const GUEST_ENDS_MS = 10_000;

type Item = { readonly id: string; readonly type: string };
type Turn = { readonly id: string; readonly status: string; readonly items: readonly Item[] };
type ReadThread = { readonly thread: { readonly path: string; readonly turns: readonly Turn[] } };

/** A thread and all that its clients were told of it as done. */
type Told = {
  readonly threadId: string;
  readonly items: Map<string, Item>;
  readonly turns: Set<string>;
  kills: number;
};

/**
 * `kill -9` at random messages, over and over: what a client was told as completed is there after the
 * next start, the file has no damaged line before its last, and the thread goes on. In two of five rounds
 * another process has joined the engine, and both have it work on the same two threads.
 */
export const killedEngine: Soak = {
  rounds: 500,
  async run(rounds, onRound) {
    await using server = await SoakModelServer.start();
    await using home = await mkdtempDisposable(join(tmpdir(), 'parley-soak-'));
    await writeFile(join(home.path, 'config.toml'), server.config);
    const failures: string[] = [];
    const facts = { items: 0, turns: 0, threads: 0, shared: 0 };
    let open: readonly Told[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const isShared = round % 5 < 2;
      const problems: string[] = [];
      const before = sizeOf(open);
      {
        await using engine = await start(home.path);
        open = await openThreads(engine.client, open, isShared ? 2 : 1);
        await (isShared ? workWithGuest(home.path, engine, open, problems) : work(engine, open));
      }
      const after = sizeOf(open);
      facts.items += after.items - before.items;
      facts.turns += after.turns - before.turns;
      facts.shared += isShared ? 1 : 0;

      // A thread that was killed before its first item was told need not be there.
      open = open.filter(({ items }) => items.size > 0);
      if (open.length > 0) {
        await using reader = await start(home.path);
        const sound: Told[] = [];
        for (const told of open) {
          told.kills += 1;
          const lost = await lookAt(reader, told);
          problems.push(...lost);
          // One with losses is given up: they would be missing after every later kill as well.
          if (lost.length > 0) continue;
          if (told.kills < KILLS_OF_A_THREAD && round < rounds) {
            sound.push(told);
          } else {
            problems.push(...(await goOn(reader, told)));
            facts.threads += 1;
          }
        }
        open = sound;
      }
      if (problems.length > 0) failures.push(`kill ${round}: ${problems.join('; ')}`);
      onRound(round);
    }
    return {
      passed: rounds - failures.length,
      failures,
      summary: `${facts.items} completed items and ${facts.turns} completed turns of ${facts.threads} threads were told before ${rounds} kills, ${facts.shared} of them while two processes wrote`,
    };
  },
};

const sizeOf = (open: readonly Told[]): { items: number; turns: number } => ({
  items: open.reduce((sum, { items }) => sum + items.size, 0),
  turns: open.reduce((sum, { turns }) => sum + turns.size, 0),
});

/** Goes on with the threads there are, and has at least so many. */
async function openThreads(
  client: RpcProbe,
  open: readonly Told[],
  count: number,
): Promise<readonly Told[]> {
  await resumeAll(client, open);
  const threads = [...open];
  while (threads.length < count) {
    const threadId = await client.thread();
    threads.push({ threadId, items: new Map(), turns: new Set(), kills: 0 });
  }
  return threads;
}

async function resumeAll(client: RpcProbe, threads: readonly Told[]): Promise<void> {
  for (const { threadId } of threads) await client.call('thread/resume', { threadId });
}

/** Has an engine work until it is killed. */
async function work(engine: EngineProcess, threads: readonly Told[]): Promise<void> {
  engine.killAfter(1 + randomInt(MAX_MESSAGES));
  await workUntilEnded(engine, threads);
  hear(engine.client, threads);
}

/** The same for an engine that another process has joined, which now and then is killed, too. */
async function workWithGuest(
  home: string,
  engine: EngineProcess,
  threads: readonly Told[],
  problems: string[],
): Promise<void> {
  await using guest = await start(home);
  await resumeAll(guest.client, threads);
  if (randomInt(4) === 0) guest.killAfter(1 + randomInt(MAX_MESSAGES));
  const guestWorks = workUntilEnded(guest, threads);
  await work(engine, threads);
  const ended = guestWorks.then(() => true);
  if (!(await Promise.race([ended, setTimeout(GUEST_ENDS_MS, false, { ref: false })]))) {
    problems.push('the process that had joined outlives its engine');
  }
  hear(guest.client, threads);
}

/** Has an engine do turn after turn until its process ends. */
async function workUntilEnded(engine: EngineProcess, threads: readonly Told[]): Promise<void> {
  const { client } = engine;
  const doTurn = async ({ threadId }: Told): Promise<true> => {
    const turnId = await client.turn(threadId, 'x'.repeat(1 + randomInt(200)));
    await client.notification('turn/completed', 1, ({ turn }) => (turn as Turn).id === turnId);
    return true;
  };
  for (;;) {
    const told = threads[randomInt(threads.length)];
    if (told === undefined || (await engine.unlessEnded(doTurn(told))) === undefined) return;
  }
}

/** Notes what a client was told as done. */
function hear(client: RpcProbe, threads: readonly Told[]): void {
  for (const { threadId, items, turns } of threads) {
    for (const { item } of client.all('item/completed').filter(isOf(threadId))) {
      items.set((item as Item).id, item as Item);
    }
    for (const { turn } of client.all('turn/completed').filter(isOf(threadId))) {
      turns.add((turn as Turn).id);
    }
  }
}

const isOf =
  (id: string) =>
  ({ threadId }: Readonly<Record<string, unknown>>): boolean =>
    threadId === id;

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
  const turnId = await client.turn(threadId, 'One more');
  const isIt = ({ turn }: Readonly<Record<string, unknown>>): boolean =>
    (turn as Turn).id === turnId;
  const { turn } = await client.notification('turn/completed', 1, isIt);
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
