import { Field } from './contestant.ts';
import { type Benchmark, middleOf } from './row.ts';
import { rowOf } from './rowOf.ts';

const ROUNDS = 12;
const LIMIT_RATIO = 0.6;

/** `thread/realtime/start` until `started`, the way through to the Realtime server included. */
export const benchSessionStart: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: true });
  return [
    await rowOf(field.contestants, {
      what: 'voice session start to started, p50',
      unit: 'ms',
      rounds: Math.min(ROUNDS, rounds),
      sum: middleOf,
      measure: async (contestant) => {
        const ms = await contestant.startVoice();
        await contestant.stopVoice();
        return [ms];
      },
      ofPeer: { atMost: LIMIT_RATIO },
    }),
  ];
};
