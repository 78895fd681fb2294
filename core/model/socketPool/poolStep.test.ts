import { expect, test } from 'vitest';

import { type PoolInput, type PoolState, poolStep } from './poolStep.ts';

type State = PoolState<string, string>;
type Input = PoolInput<string, string>;

const idle: State = { phase: 'idle' };
const inFlight: State = { phase: 'inFlight' };
const warming: State = { phase: 'warming', pooled: 'a' };
const ready: State = { phase: 'ready', pooled: 'a' };
const handedOver: State = { phase: 'handedOver', pooled: 'a' };
const failed: State = { phase: 'failed', failure: 'refused' };
const closed: State = { phase: 'closed' };
const all = [idle, inFlight, warming, ready, handedOver, failed, closed];

const drop = (pooled: string) => ({ type: 'drop' as const, pooled });

test.for<[string, State, Input, State, readonly unknown[]]>([
  ['connects ahead when idle', idle, { type: 'connectAhead' }, inFlight, [{ type: 'connect' }]],
  ['connects ahead once', inFlight, { type: 'connectAhead' }, inFlight, []],
  ['does not connect beside what is ready', ready, { type: 'connectAhead' }, ready, []],
  ['warms what has opened', inFlight, { type: 'opened', pooled: 'a', warming: true }, warming, []],
  [
    'keeps what needs no warming',
    inFlight,
    { type: 'opened', pooled: 'a', warming: false },
    ready,
    [],
  ],
  [
    'drops what opens after all',
    idle,
    { type: 'opened', pooled: 'b', warming: true },
    idle,
    [drop('b')],
  ],
  [
    'drops what opens late beside another',
    ready,
    { type: 'opened', pooled: 'b', warming: true },
    ready,
    [drop('b')],
  ],
  [
    'drops what opens after the close',
    closed,
    { type: 'opened', pooled: 'b', warming: true },
    closed,
    [drop('b')],
  ],
  [
    'keeps a failure for the first who asks',
    inFlight,
    { type: 'openFailed', failure: 'refused' },
    failed,
    [],
  ],
  [
    'forgets a failure nobody waits for',
    idle,
    { type: 'openFailed', failure: 'refused' },
    idle,
    [],
  ],
  ['is ready once warm', warming, { type: 'warmed', pooled: 'a' }, ready, []],
  ['does not mind another being warm', warming, { type: 'warmed', pooled: 'b' }, warming, []],
  ['hands over what is ready', ready, { type: 'taken' }, handedOver, []],
  ['tells a failure once', failed, { type: 'taken' }, idle, []],
  ['hands nothing over twice', handedOver, { type: 'taken' }, handedOver, []],
  [
    'adopts what a request opened',
    idle,
    { type: 'adopted', pooled: 'b' },
    { phase: 'handedOver', pooled: 'b' },
    [],
  ],
  ['adopts no second one', handedOver, { type: 'adopted', pooled: 'b' }, handedOver, []],
  ['takes back what it handed over', handedOver, { type: 'givenBack', pooled: 'a' }, ready, []],
  [
    'drops a second one that is given back',
    handedOver,
    { type: 'givenBack', pooled: 'b' },
    handedOver,
    [drop('b')],
  ],
  [
    'drops what is given back too late',
    closed,
    { type: 'givenBack', pooled: 'a' },
    closed,
    [drop('a')],
  ],
  ['is idle after a loss while ready', ready, { type: 'lost', pooled: 'a' }, idle, []],
  ['is idle after a loss while in use', handedOver, { type: 'lost', pooled: 'a' }, idle, []],
  ['does not mind the loss of another', ready, { type: 'lost', pooled: 'b' }, ready, []],
  ['stops connecting', inFlight, { type: 'cancelled' }, idle, [{ type: 'abortConnect' }]],
  ['stops warming', warming, { type: 'cancelled' }, idle, [drop('a')]],
  ['stops nothing that is in use', handedOver, { type: 'cancelled' }, handedOver, []],
  ['keeps what is ready when others stop', ready, { type: 'cancelled' }, ready, []],
  ['closes while connecting', inFlight, { type: 'closed' }, closed, [{ type: 'abortConnect' }]],
  ['closes what is in use', handedOver, { type: 'closed' }, closed, [drop('a')]],
  ['closes twice', closed, { type: 'closed' }, closed, []],
])('a slot %s', ([, state, input, next, effects]) => {
  expect(poolStep(state, input)).toEqual({ state: next, effects });
});

test('a closed slot never opens again, whatever comes', () => {
  const inputs: Input[] = [
    { type: 'connectAhead' },
    { type: 'openFailed', failure: 'x' },
    { type: 'warmed', pooled: 'a' },
    { type: 'taken' },
    { type: 'adopted', pooled: 'a' },
    { type: 'lost', pooled: 'a' },
    { type: 'cancelled' },
  ];
  for (const input of inputs) expect(poolStep(closed, input).state).toEqual(closed);
  for (const state of all) expect(poolStep(state, { type: 'closed' }).state).toEqual(closed);
});
