import { Contestant, Field, programs } from './contestant.ts';
import {
  type Benchmark,
  type BenchRow,
  collectAlternately,
  middleOf,
  type Promised,
} from './row.ts';
import { compare, rowOf } from './rowOf.ts';
import { textTurn } from './textTurn.ts';
import { Upstream } from './upstream.ts';

const FIRST_ROUNDS = 9;
const NEXT_ROUNDS = 40;
const LONG_ROUNDS = 12;
const FIRST_UPSTREAM_LIMIT = 0.35;
const NEXT_UPSTREAM_LIMIT = 0.3;
const FIRST_DELTA_LIMIT = 0.35;
const SPAWN_LIMIT = 0.55;
const FIRST_THREAD_LIMIT = 1.5;
const NEXT_THREAD_LIMIT = 0.15;
const LONG_LIMIT = 0.5;
/** 2.4 MB of conversation. */
const LONG = { turns: 60, characters: 40_000 };

/** The first turn of a process, measured on one that is started for it. */
export const benchTextFirst: Benchmark = async ({ rounds, ...rivals }) => {
  await using upstream = await Upstream.start();
  const commands = programs(rivals);
  const measured = await collectAlternately(
    commands.map(([name, command]) => async () => {
      await using contestant = await Contestant.start(name, command, upstream);
      const beganMs = performance.now();
      const { upstreamMs, firstDeltaMs } = await textTurn(contestant, 'Hello');
      const spawnMs = beganMs - contestant.spawnedMs + firstDeltaMs;
      return [upstreamMs, firstDeltaMs, spawnMs, contestant.firstThreadMs];
    }),
    Math.min(FIRST_ROUNDS, rounds),
  );
  const row = (what: string, at: number, ofPeer: Promised): BenchRow =>
    compare(
      { what, unit: 'ms', ofPeer },
      commands.map(([name], contestant) => [
        name,
        middleOf((measured[contestant] ?? []).filter((_, index) => index % 4 === at)),
      ]),
    );
  return [
    row('first turn: turn/start to request at upstream, p50', 0, { atMost: FIRST_UPSTREAM_LIMIT }),
    row('first turn: turn/start to first delta, p50', 1, { atMost: FIRST_DELTA_LIMIT }),
    row('app-server: spawn to first delta of a turn, p50', 2, { atMost: SPAWN_LIMIT }),
    row('app-server: first thread/start, right behind initialize, p50', 3, {
      atMost: FIRST_THREAD_LIMIT,
    }),
  ];
};

/** Turns of a process that runs, in a short and in a long conversation. */
export const benchTextTurns: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: false });
  const { contestants } = field;
  const plan = { unit: 'ms', sum: middleOf } as const;
  const next = { ...plan, rounds: Math.min(NEXT_ROUNDS, rounds) };
  const rows = [
    await rowOf(contestants, {
      ...next,
      what: 'next turns: turn/start to request at upstream, p50',
      measure: async (contestant) => [(await textTurn(contestant, 'Hello')).upstreamMs],
      ofPeer: { atMost: NEXT_UPSTREAM_LIMIT },
    }),
    await rowOf(contestants, {
      ...next,
      what: 'next turns: turn/start to first delta, p50',
      measure: async (contestant) => [(await textTurn(contestant, 'Hello')).firstDeltaMs],
      ofPeer: { atMost: FIRST_DELTA_LIMIT },
    }),
  ];
  rows.push(
    await rowOf(contestants, {
      ...next,
      what: 'next thread/start, p50',
      measure: async (contestant) => [await contestant.startThread()],
      ofPeer: { atMost: NEXT_THREAD_LIMIT },
    }),
  );
  for (const contestant of contestants) {
    await contestant.startThread();
    for (let turn = 0; turn < LONG.turns; turn += 1) {
      await textTurn(contestant, `${turn} ${'word '.repeat(LONG.characters / 5)}`);
    }
  }
  rows.push(
    await rowOf(contestants, {
      ...plan,
      rounds: Math.min(LONG_ROUNDS, rounds),
      what: 'thread of 2.4 MB: turn/start to request at upstream, p50',
      measure: async (contestant) => [(await textTurn(contestant, 'Hello')).upstreamMs],
      ofPeer: { atMost: LONG_LIMIT },
    }),
  );
  return rows;
};
