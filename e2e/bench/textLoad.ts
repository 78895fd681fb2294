import { type Contestant, Field } from './contestant.ts';
import { cpuMsBetween, memoryMbOf, threadTimesOf } from './processFacts.ts';
import { type Benchmark, median } from './row.ts';
import { compare, rowOf } from './rowOf.ts';
import { answerFrames, deltaFrame, itemIdIn, textTurn } from './textTurn.ts';

const DELTAS = 10_000;
const THREADS = 50;
const ROUNDS = 5;
const RATE_LIMIT = 3;
const CPU_LIMIT = 0.4;
const IDLE_LIMIT = 0.9;
const LOADED_LIMIT = 0.6;
const PATIENCE_MS = 60_000;
const METHOD = 'item/agentMessage/delta';
const END_MARK = '"turn/completed"';

type Flood = { readonly aSecond: number; readonly cpuMs: number };

/** Ten thousand words in one write of the provider, until the turn is told as completed. */
async function flood(contestant: Contestant): Promise<Flood> {
  const { head, tail } = answerFrames('word ');
  const delta = deltaFrame(itemIdIn(head), 'word ');
  const deltas = delta.repeat(DELTAS - 1);
  let sentMs = 0;
  contestant.link.answerText = (response) => {
    sentMs = performance.now();
    response.end(head + deltas + tail);
  };
  const ended = Promise.withResolvers<number>();
  const timer = setTimeout(() => {
    ended.reject(new Error(`${contestant.name} did not get through ${DELTAS} deltas.`));
  }, PATIENCE_MS);
  const chunks: Buffer[] = [];
  let seam = '';
  contestant.onBytes = (chunk, atMs) => {
    chunks.push(chunk);
    const end = seam + chunk.subarray(-8192).toString('latin1');
    seam = end.slice(-END_MARK.length);
    if (end.includes(END_MARK) && end.endsWith('\n')) ended.resolve(atMs);
  };
  try {
    const before = await threadTimesOf(contestant.pid);
    const { lines } = contestant.prepare('turn/start', [
      { input: [{ type: 'text', text: 'Talk', text_elements: [] }] },
    ]);
    contestant.write(lines[0] ?? '');
    const tookMs = (await ended.promise) - sentMs;
    const cpuMs = cpuMsBetween(before, await threadTimesOf(contestant.pid));
    const arrived = Buffer.concat(chunks).toString('latin1').split(METHOD).length - 1;
    if (arrived !== DELTAS) throw new Error(`${contestant.name} passed on ${arrived} deltas.`);
    return { aSecond: (DELTAS * 1000) / tookMs, cpuMs };
  } finally {
    clearTimeout(timer);
    contestant.onBytes = undefined;
    contestant.link.answerText = undefined;
  }
}

/** What many words and many conversations cost. */
export const benchTextLoad: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: false });
  const { contestants } = field;
  for (const contestant of contestants) await textTurn(contestant, 'Hello');
  const memory = {
    unit: 'MB',
    rounds: 1,
    sum: (measured: readonly number[]) => ({ value: median(measured) }),
    measure: async ({ pid }: Contestant) => [await memoryMbOf(pid)],
  } as const;
  const idle = await rowOf(contestants, {
    ...memory,
    what: 'resident memory after one turn',
    ofPeer: { atMost: IDLE_LIMIT },
  });
  for (const contestant of contestants) {
    for (let thread = 0; thread < THREADS; thread += 1) {
      await contestant.startThread();
      await textTurn(contestant, 'Hello');
    }
  }
  const loaded = await rowOf(contestants, {
    ...memory,
    what: `resident memory with ${THREADS} threads of one turn each`,
    ofPeer: { atMost: LOADED_LIMIT },
  });

  const used = new Map<Contestant, number[]>();
  const rate = await rowOf(contestants, {
    unit: 'a second',
    rounds: Math.min(ROUNDS, rounds),
    what: `${DELTAS.toLocaleString('en')} text deltas at once, delivered to the client`,
    measure: async (contestant) => {
      const { aSecond, cpuMs } = await flood(contestant);
      used.set(contestant, [...(used.get(contestant) ?? []), cpuMs / DELTAS]);
      return [aSecond];
    },
    sum: (measured) => ({ value: median(measured) }),
    ofPeer: { atLeast: RATE_LIMIT },
  });
  const cpu = contestants.map(
    (contestant) => [contestant.name, { value: median(used.get(contestant) ?? []) }] as const,
  );
  return [
    idle,
    loaded,
    rate,
    compare(
      {
        what: 'CPU for one of these deltas',
        unit: 'ms of CPU',
        ofPeer: { atMost: CPU_LIMIT },
      },
      cpu,
    ),
  ];
};
