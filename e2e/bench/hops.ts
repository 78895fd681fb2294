import { setTimeout as sleep } from 'node:timers/promises';

import { audioDeltaFrame, microphoneChunk } from './audio.ts';
import { type Contestant, Field } from './contestant.ts';
import { type Benchmark, middleOf } from './row.ts';
import { rowOf } from './rowOf.ts';

const CADENCE_MS = 20;
/** A round takes as long as a breath; what needs no pauses can have more, and warms everybody up. */
const CHUNKS_A_ROUND = { paced: 40, backToBack: 200 };
const ROUNDS = 5;
const MICROPHONE_LIMIT = 0.3;
const PLAYBACK_LIMIT = 0.6;

/** Sends one chunk at a time, at a cadence or as soon as the one before is through. */
async function atCadence(
  everyMs: number,
  send: (index: number) => Promise<number>,
): Promise<readonly number[]> {
  const count = everyMs > 0 ? CHUNKS_A_ROUND.paced : CHUNKS_A_ROUND.backToBack;
  const times: number[] = [];
  const beganMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    if (everyMs > 0) await sleep(Math.max(0, beganMs + index * everyMs - performance.now()));
    times.push(await send(index));
  }
  return times;
}

/** Milliseconds from a written `appendAudio` to its frame at the Realtime server, chunk by chunk. */
async function microphoneHops(contestant: Contestant, everyMs: number): Promise<readonly number[]> {
  const { link, messages } = contestant;
  const { firstId, lines } = contestant.prepare(
    'thread/realtime/appendAudio',
    Array.from({ length: CHUNKS_A_ROUND.backToBack }, (_, index) => microphoneChunk(index)),
  );
  return atCadence(everyMs, async (index) => {
    const arrived = link.audio.next('microphone sound', () => true);
    const answered = messages.next('answer to appendAudio', ({ id }) => id === firstId + index);
    const writtenMs = performance.now();
    contestant.write(lines[index] ?? '');
    const { atMs } = await arrived;
    await answered;
    return atMs - writtenMs;
  });
}

/** Milliseconds from an audio delta sent by the Realtime server to its notification. */
async function playbackHops(
  { link, messages }: Contestant,
  everyMs: number,
): Promise<readonly number[]> {
  return atCadence(everyMs, async (index) => {
    const frame = audioDeltaFrame(index);
    const heard = messages.next(
      'outputAudio/delta',
      ({ method }) => method === 'thread/realtime/outputAudio/delta',
    );
    const sentMs = performance.now();
    link.write(frame);
    const { atMs } = await heard;
    return atMs - sentMs;
  });
}

/** What one chunk of sound costs on its way through, in both directions. */
export const benchHops: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: true });
  const { contestants } = field;
  for (const contestant of contestants) await contestant.startVoice();
  const plan = { unit: 'ms', rounds: Math.min(ROUNDS, rounds), sum: middleOf } as const;
  return [
    await rowOf(contestants, {
      ...plan,
      what: 'microphone hop back to back, p50',
      measure: async (contestant) => microphoneHops(contestant, 0),
      ofPeer: { atMost: MICROPHONE_LIMIT },
    }),
    await rowOf(contestants, {
      ...plan,
      what: 'microphone hop at a chunk every 20 ms, p50',
      measure: async (contestant) => microphoneHops(contestant, CADENCE_MS),
      ofPeer: { atMost: MICROPHONE_LIMIT },
    }),
    await rowOf(contestants, {
      ...plan,
      what: 'playback hop back to back, p50',
      measure: async (contestant) => playbackHops(contestant, 0),
      ofPeer: { atMost: PLAYBACK_LIMIT },
    }),
    await rowOf(contestants, {
      ...plan,
      what: 'playback hop at a chunk every 20 ms, p50',
      measure: async (contestant) => playbackHops(contestant, CADENCE_MS),
      ofPeer: { atMost: PLAYBACK_LIMIT },
    }),
  ];
};
