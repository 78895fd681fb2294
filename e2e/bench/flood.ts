import { setTimeout as sleep } from 'node:timers/promises';

import { audioDeltaFrame, markOf, microphoneChunk, numberIn } from './audio.ts';
import { type Contestant, Field } from './contestant.ts';
import { type Benchmark, median } from './row.ts';
import { rowOf } from './rowOf.ts';

const ROUNDS = 5;
const CHUNKS = 2_000;
const DELTAS = 20_000;
const QUIET_MS = 300;
const LINE_END = 0x0a;
const PATIENCE_MS = 20_000;
const FLOOD_LIMIT_RATIO = 10;
/** Ten times what the peer took when it was measured first, for runs without it. */
const FLOOD_LIMIT_A_SECOND = 10_000;
const DELTA_LIMIT_RATIO = 2;

type Flood = { readonly aSecond: number; readonly lost: number };

/** Writes all chunks at once; how many a second reached the Realtime server. */
async function floodMicrophone(contestant: Contestant): Promise<Flood> {
  const { link } = contestant;
  const { lines } = contestant.prepare(
    'thread/realtime/appendAudio',
    Array.from({ length: CHUNKS }, (_, index) => microphoneChunk(index)),
  );
  const frames: string[] = [];
  let lastMs = 0;
  link.onAudio = (frame, atMs) => {
    frames.push(frame);
    lastMs = atMs;
  };
  const startedMs = performance.now();
  contestant.write(lines.join('\n'));
  // Not by the answers: the peer leaves some out under this load. Silence is the end of it.
  let seen = -1;
  while (frames.length < CHUNKS && frames.length > seen) {
    seen = frames.length === 0 ? -1 : frames.length;
    if (performance.now() - startedMs > PATIENCE_MS) break;
    await sleep(QUIET_MS);
  }
  link.onAudio = undefined;
  expectAscending(contestant, frames.map(numberIn));
  return {
    aSecond: (frames.length * 1000) / (lastMs - startedMs),
    lost: CHUNKS - frames.length,
  };
}

/** Sends all deltas at once; how many a second came out as notifications, complete and in order. */
async function burstOfDeltas(contestant: Contestant, frames: Buffer): Promise<number> {
  const { promise: lastMs, resolve, reject } = Promise.withResolvers<number>();
  const timer = setTimeout(() => {
    reject(new Error(`The last of ${DELTAS} deltas did not come out of ${contestant.name}.`));
  }, PATIENCE_MS);
  const chunks: Buffer[] = [];
  const reachesLast = watchFor(markOf(DELTAS - 1));
  let isLast = false;
  contestant.onBytes = (chunk, atMs) => {
    chunks.push(chunk);
    isLast ||= reachesLast(chunk);
    if (isLast && chunk.at(-1) === LINE_END) resolve(atMs);
  };
  try {
    const sentMs = performance.now();
    contestant.link.write(frames);
    const tookMs = (await lastMs) - sentMs;
    const lines = Buffer.concat(chunks).toString('latin1').split('\n');
    const numbers = lines.filter((line) => line.includes('outputAudio/delta')).map(numberIn);
    if (numbers.length !== DELTAS) {
      throw new Error(`${contestant.name} lost ${DELTAS - numbers.length} of ${DELTAS} deltas.`);
    }
    expectAscending(contestant, numbers);
    return (DELTAS * 1000) / tookMs;
  } finally {
    clearTimeout(timer);
    contestant.onBytes = undefined;
  }
}

/** Tells whether a mark has come by in a stream, also when it was cut in two. */
function watchFor(mark: string): (chunk: Buffer) => boolean {
  const size = mark.length;
  let end = Buffer.alloc(0);
  return (chunk) => {
    const seam = Buffer.concat([end, chunk.subarray(0, size)]);
    end = Buffer.from((chunk.length < size ? seam : chunk).subarray(-size));
    return seam.includes(mark) || chunk.includes(mark);
  };
}

function expectAscending({ name }: Contestant, numbers: readonly number[]): void {
  if (numbers.some((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0))) {
    throw new Error(`${name} changed the order of what it was given.`);
  }
}

/** Far more sound at once than any conversation holds: does it keep up, and in order? */
export const benchFlood: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: true });
  const { contestants } = field;
  for (const contestant of contestants) await contestant.startVoice();
  const plan = { unit: 'a second', rounds: Math.min(ROUNDS, rounds) } as const;

  const lost = new Map<Contestant, number[]>();
  const flood = await rowOf(contestants, {
    ...plan,
    what: `${CHUNKS.toLocaleString('en')} microphone chunks at once, taken`,
    measure: async (contestant) => {
      const taken = await floodMicrophone(contestant);
      lost.set(contestant, [...(lost.get(contestant) ?? []), taken.lost]);
      return [taken.aSecond];
    },
    sum: (measured, contestant) => ({
      value: median(measured),
      note: `${median(lost.get(contestant) ?? [])} lost`,
    }),
    promised: { atLeast: FLOOD_LIMIT_A_SECOND },
    ofPeer: { atLeast: FLOOD_LIMIT_RATIO },
  });

  const frames = Buffer.concat(
    Array.from({ length: DELTAS }, (_, index) => audioDeltaFrame(index)),
  );
  const burst = await rowOf(contestants, {
    ...plan,
    what: `${DELTAS.toLocaleString('en')} audio deltas at once, delivered in order`,
    measure: async (contestant) => [await burstOfDeltas(contestant, frames)],
    sum: (measured) => ({ value: median(measured) }),
    ofPeer: { atLeast: DELTA_LIMIT_RATIO },
  });
  return [flood, burst];
};
