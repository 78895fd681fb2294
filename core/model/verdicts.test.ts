import { expect, test } from 'vitest';

import { type Verdict, type VerdictInput, verdictStep, type VerdictStep } from './verdicts.ts';

const MINUTE = 60_000;
const sockets: Verdict = { kind: 'sockets' };
const http: Verdict = { kind: 'http', untilMs: 10 * MINUTE };
const probing: Verdict = { kind: 'probing', sinceMs: 10 * MINUTE };

test.for<[string, Verdict, VerdictInput, Verdict, VerdictStep['may']]>([
  ['lets everybody try at first', sockets, { type: 'asked', nowMs: 0 }, sockets, 'try'],
  ['remembers a failure for ten minutes', sockets, { type: 'failed', nowMs: 0 }, http, 'http'],
  ['lets nobody try meanwhile', http, { type: 'asked', nowMs: 10 * MINUTE - 1 }, http, 'http'],
  ['lets one find out afterwards', http, { type: 'asked', nowMs: 10 * MINUTE }, probing, 'probe'],
  ['lets only one find out', probing, { type: 'asked', nowMs: 10 * MINUTE + 1 }, probing, 'http'],
  [
    'lets another find out when the first was never heard of again',
    probing,
    { type: 'asked', nowMs: 11 * MINUTE },
    { kind: 'probing', sinceMs: 11 * MINUTE },
    'probe',
  ],
  ['believes what worked', probing, { type: 'worked' }, sockets, 'try'],
  ['believes what worked against an older failure', http, { type: 'worked' }, sockets, 'try'],
  [
    'waits again after a probe that failed',
    probing,
    { type: 'failed', nowMs: 11 * MINUTE },
    { kind: 'http', untilMs: 21 * MINUTE },
    'http',
  ],
  [
    'lets the next one find out after a probe that was stopped',
    probing,
    { type: 'undecided', nowMs: 11 * MINUTE },
    { kind: 'http', untilMs: 11 * MINUTE },
    'http',
  ],
  [
    'learns nothing from a try that was stopped',
    sockets,
    { type: 'undecided', nowMs: 0 },
    sockets,
    'try',
  ],
  ['keeps a failure when a try is stopped', http, { type: 'undecided', nowMs: 0 }, http, 'http'],
])('a verdict %s', ([, before, input, verdict, may]) => {
  expect(verdictStep(before, input)).toEqual({ verdict, may });
});
