import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { assertNever } from '../base/index.ts';
import { type Decider, deciderOrder } from './answerers.ts';
import { begin, type State, step } from './step.ts';
import {
  type Client,
  covered,
  type In,
  partly,
  patienceOver,
  run,
  spoken,
  spokenNo,
} from './testing/index.ts';

const client = fc.constantFrom<Client[]>('a', 'b', 'c');
const present = fc.uniqueArray(client).map((clients) => new Set(clients));
const decider = fc.constantFrom<Decider[]>('policy', 'hook', 'review');
const word = fc.constantFrom('one', 'two');
const input: fc.Arbitrary<In> = fc.oneof(
  fc.record({
    type: fc.constant('decided' as const),
    by: decider,
    reply: fc.oneof(
      fc.record({ type: fc.constant('answer' as const), response: word }),
      fc.record({ type: fc.constant('deny' as const), words: fc.option(word, { nil: undefined }) }),
      fc.constant({ type: 'pass' as const }),
      fc.record({ type: fc.constant('fail' as const), words: word }),
    ),
  }),
  fc.record({ type: fc.constant('opened' as const), present, hasVoice: fc.boolean() }),
  fc.record({ type: fc.constant('refused' as const), words: word }),
  fc
    .tuple(client, present)
    .map(([who, others]): In => ({ type: 'joined', client: who, present: others.add(who) })),
  fc.record({ type: fc.constant('clientAnswered' as const), client, response: word }),
  fc.record({ type: fc.constant('clientOut' as const), client, words: word }),
  fc.record({ type: fc.constant('voice' as const), isThere: fc.boolean() }),
  word.map(spoken),
  fc.constantFrom(spokenNo, partly, covered, patienceOver),
  fc.constantFrom<In[]>({ type: 'expired' }, { type: 'withdrawn' }),
);
const deciders = fc.subarray([...deciderOrder]);
const inputs = fc.array(input, { maxLength: 30 });

describe('whatever happens, in whatever order', () => {
  test('it ends once at most, nothing follows its end, and withdrawal always ends it', () => {
    fc.assert(
      fc.property(deciders, inputs, (who, what) => {
        const { effects, ends } = run(who, [...what, { type: 'withdrawn' }, ...what]);
        expect(ends).toHaveLength(1);
        expect(effects.at(-1)?.type).toBe('resolve');
      }),
    );
  });

  test('it is allowed only by an answer, of one whose turn it was', () => {
    fc.assert(
      fc.property(deciders, inputs, (who, what) => {
        let { state } = begin<Client, string>(who);
        const outOfTurn: In[] = [];
        for (const each of what) {
          const next = step<Client, string>(state, each);
          const isAnswered = next.effects.some(
            (effect) => effect.type === 'resolve' && effect.resolution.type === 'answered',
          );
          if (isAnswered && !mayAnswer(state, each)) outOfTurn.push(each);
          ({ state } = next);
        }
        expect(outOfTurn).toEqual([]);
      }),
    );
  });

  test('deciders are consulted in their order, each once, and people only after the last', () => {
    fc.assert(
      fc.property(deciders, inputs, (who, what) => {
        const order = run(who, what).effects.flatMap((effect) => {
          if (effect.type === 'consult') return [effect.decider];
          return effect.type === 'open' || effect.type === 'ask' ? [effect.type] : [];
        });
        const whole = [...who, 'open', ...order.filter((each) => each === 'ask')];
        expect(order).toEqual(whole.slice(0, order.length));
      }),
    );
  });

  test('an open one has somebody who may answer it, or waits for a client', () => {
    fc.assert(
      fc.property(inputs, (what) => {
        const { state, effects } = run([], what);
        const isHopeful =
          state.phase !== 'open' ||
          state.asked.size > 0 ||
          state.hasVoice ||
          effects.some(({ type }) => type === 'waitForClients');
        expect(isHopeful).toBe(true);
      }),
    );
  });
});

function mayAnswer(state: State<Client, string>, what: In): boolean {
  switch (state.phase) {
    case 'deciding': {
      const [turn, ...others] = state.deciders;
      if (what.type === 'covered') return turn === undefined;
      if (what.type !== 'decided' || what.by !== turn) return false;
      // The last one that says nothing leaves it to what covers it.
      return what.reply.type === 'answer' || (others.length === 0 && state.covered !== undefined);
    }
    case 'open':
      if (what.type === 'clientAnswered') return state.asked.has(what.client);
      return what.type === 'covered' || (what.type === 'voiceDecided' && state.hasVoice);
    case 'resolved':
      return false;
    default:
      return assertNever(state, 'state');
  }
}
