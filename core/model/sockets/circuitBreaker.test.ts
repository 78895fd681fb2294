import { expect, test } from 'vitest';

import {
  type CircuitState,
  type CircuitInput,
  circuitStep,
  type CircuitStep,
} from './circuitBreaker.ts';

const MINUTE = 60_000;
const closed: CircuitState = { kind: 'closed' };
const open: CircuitState = { kind: 'open', untilMs: 10 * MINUTE };
const halfOpen: CircuitState = { kind: 'halfOpen', sinceMs: 10 * MINUTE };

test.for<[string, CircuitState, CircuitInput, CircuitState, CircuitStep['may']]>([
  ['lets everybody try at first', closed, { type: 'asked', nowMs: 0 }, closed, 'try'],
  ['remembers a failure for ten minutes', closed, { type: 'failed', nowMs: 0 }, open, 'http'],
  ['lets nobody try meanwhile', open, { type: 'asked', nowMs: 10 * MINUTE - 1 }, open, 'http'],
  ['lets one find out afterwards', open, { type: 'asked', nowMs: 10 * MINUTE }, halfOpen, 'probe'],
  ['lets only one find out', halfOpen, { type: 'asked', nowMs: 10 * MINUTE + 1 }, halfOpen, 'http'],
  [
    'lets another find out when the first was never heard of again',
    halfOpen,
    { type: 'asked', nowMs: 11 * MINUTE },
    { kind: 'halfOpen', sinceMs: 11 * MINUTE },
    'probe',
  ],
  ['believes what worked', halfOpen, { type: 'worked' }, closed, 'try'],
  ['believes what worked against an older failure', open, { type: 'worked' }, closed, 'try'],
  [
    'waits again after a probe that failed',
    halfOpen,
    { type: 'failed', nowMs: 11 * MINUTE },
    { kind: 'open', untilMs: 21 * MINUTE },
    'http',
  ],
  [
    'lets the next one find out after a probe that was stopped',
    halfOpen,
    { type: 'undecided', nowMs: 11 * MINUTE },
    { kind: 'open', untilMs: 11 * MINUTE },
    'http',
  ],
  [
    'learns nothing from a try that was stopped',
    closed,
    { type: 'undecided', nowMs: 0 },
    closed,
    'try',
  ],
  ['keeps a failure when a try is stopped', open, { type: 'undecided', nowMs: 0 }, open, 'http'],
])('a circuit %s', ([, before, input, state, may]) => {
  expect(circuitStep(before, input)).toEqual({ state, may });
});
