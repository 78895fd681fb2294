import { type Contestant, Field } from './contestant.ts';
import { type Benchmark, middleOf, percentile } from './row.ts';
import { compare, rowOf } from './rowOf.ts';
import type { RealtimeEvent } from './upstream.ts';

const ROUNDS = 20;
const HAND_BACK_LIMIT = 0.25;
const CREATE_LIMIT_MS = 5;

const isFunctionOutput = ({ type, item }: RealtimeEvent): boolean =>
  type === 'conversation.item.create' &&
  (item as { type?: unknown } | undefined)?.type === 'function_call_output';

const isCreate = ({ type }: RealtimeEvent): boolean => type === 'response.create';

type Exchange = { readonly handBackMs: number; readonly createMs: number };

/**
 * The voice model calls `background_agent` and goes on answering: how long until the call is answered,
 * and, once the answer that was being given ends, until the next one is asked for.
 */
async function delegate({ link }: Contestant, number: number): Promise<Exchange> {
  const response = { id: `resp_voice_${number}`, conversation_id: 'conv_bench' };
  link.send({ type: 'response.created', event_id: `event_a${number}`, response });
  const call = {
    type: 'conversation.item.done',
    event_id: `event_b${number}`,
    item: {
      id: `item_${number}`,
      type: 'function_call',
      status: 'completed',
      name: 'background_agent',
      call_id: `call_${number}`,
      arguments: JSON.stringify({ prompt: `Look after number ${number}.` }),
    },
  };
  const output = link.events.next('function_call_output', isFunctionOutput);
  const calledMs = performance.now();
  link.send(call);
  const handBackMs = (await output).atMs - calledMs;

  const create = link.events.next('response.create', isCreate);
  const doneMs = performance.now();
  link.send({
    type: 'response.done',
    event_id: `event_c${number}`,
    response: { ...response, status: 'completed', output: [] },
  });
  const createMs = (await create).atMs - doneMs;

  const spoken = { ...response, id: `${response.id}_spoken` };
  link.send({ type: 'response.created', event_id: `event_d${number}`, response: spoken });
  link.send({
    type: 'response.done',
    event_id: `event_e${number}`,
    response: { ...spoken, status: 'completed', output: [] },
  });
  return { handBackMs, createMs };
}

const p95 = (times: readonly number[]): number => percentile(times, 0.95);

/** Work handed to the background agent, whose model answers at once, and back into the conversation. */
export const benchDelegation: Benchmark = async ({ rounds, ...rivals }) => {
  await using field = await Field.start({ ...rivals, relay: false });
  const { contestants } = field;
  for (const contestant of contestants) await contestant.startVoice();

  const createTimes = new Map<Contestant, number[]>();
  let number = 0;
  const handBack = await rowOf(contestants, {
    what: 'background_agent call to its function_call_output, p50',
    unit: 'ms',
    rounds: Math.min(ROUNDS, rounds),
    sum: middleOf,
    measure: async (contestant) => {
      number += 1;
      const { handBackMs, createMs } = await delegate(contestant, number);
      createTimes.set(contestant, [...(createTimes.get(contestant) ?? []), createMs]);
      return [handBackMs];
    },
    ofPeer: { atMost: HAND_BACK_LIMIT },
  });
  // The first was the round that does not count.
  const creates = contestants.map(
    (contestant) =>
      [contestant.name, { value: p95(createTimes.get(contestant)?.slice(1) ?? []) }] as const,
  );
  return [
    handBack,
    compare(
      {
        what: 'response.done to the response.create that waited for it, p95',
        unit: 'ms',
        promised: { atMost: CREATE_LIMIT_MS },
      },
      creates,
    ),
  ];
};
