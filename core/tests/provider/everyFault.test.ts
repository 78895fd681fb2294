import { setImmediate } from 'node:timers/promises';

import { describe, expect, test } from 'vitest';

import { ManualClock } from '../../base/testing/index.ts';
import {
  type Fault,
  FAULT_STAGES,
  type FaultPlan,
  FaultServer,
  type FaultStage,
  type FaultTransport,
} from '../../model/testing/index.ts';
import { looseItems, type RpcProbe, startTestEngine } from '../../testing/index.ts';

// Every fault at every stage of either transport, generated. Whatever the upstream does: the turn ends
// within its deadlines, once, with everything it began completed, and the next turn is none the worse.

const ANYWHERE: readonly Fault[] = [
  { kind: 'stall' },
  { kind: 'cut' },
  { kind: 'halfOpen' },
  { kind: 'garbage' },
  { kind: 'delay' },
  { kind: 'drip' },
];
const NOISE: Fault = { kind: 'noise' };
const html = { 'content-type': 'text/html' };
const STATUSES: readonly Fault[] = [
  ...[204, 307, 400, 401, 403, 404, 413, 426, 429, 431, 500, 503].map((status) => ({
    kind: 'status' as const,
    status,
    body: '{"error":{"message":"as told"}}',
  })),
  { kind: 'status', status: 200, headers: html, body: '<html>Welcome</html>' },
  { kind: 'status', status: 200, body: '{"hello":"there"}' },
  { kind: 'status', status: 200, body: '' },
  { kind: 'status', status: 200, headers: { 'content-encoding': 'gzip' }, body: 'no gzip' },
  { kind: 'status', status: 200, headers: { 'content-length': '999' }, body: 'cut off' },
  { kind: 'status', status: 500, headers: { 'content-length': '999' }, body: '{"error":' },
];

/** What ends nothing has to come to its good end. */
const HARMLESS: ReadonlySet<Fault['kind']> = new Set(['delay', 'drip', 'noise']);
/** Refused for good over HTTP: asking again would be refused again. */
const isFinal = ({ transport, fault }: FaultPlan): boolean =>
  transport === 'http' &&
  fault.kind === 'status' &&
  (fault.headers === html || [307, 400, 401, 403, 404, 413, 426, 431].includes(fault.status));

/** Well below every deadline, and long enough to notice one that is too short. */
const DELAY_MS = 8000;

function faultsAt(stage: FaultStage): readonly Fault[] {
  switch (stage) {
    case 'accepted':
      return ANYWHERE.filter(({ kind }) => kind !== 'drip');
    case 'asked':
      return [...ANYWHERE, ...STATUSES];
    case 'completed':
      return ANYWHERE.filter(({ kind }) => kind !== 'drip' && kind !== 'delay');
    case 'begun':
    case 'said':
    case 'speaking':
      return [...ANYWHERE, NOISE];
  }
}

const plans = (transport: FaultTransport): readonly FaultPlan[] =>
  FAULT_STAGES.flatMap((stage) =>
    faultsAt(stage).flatMap((fault) => {
      const plan = { transport, stage, fault };
      const both = [
        { ...plan, always: false },
        { ...plan, always: true },
      ];
      return HARMLESS.has(fault.kind) ? both.slice(1) : both;
    }),
  );

const nameOf = ({ stage, fault, always }: FaultPlan): string => {
  const what = fault.kind === 'status' ? `status ${fault.status} ${fault.body}` : fault.kind;
  return `${what} when ${stage}, ${always ? 'always' : 'once'}`;
};

/**
 * Resolves when n turns have ended. Time goes on only while nothing moves on the wire: to the next
 * deadline where nothing else can happen, else in steps that unpacking and the like may take unpunished.
 */
async function untilEnded(
  clock: ManualClock,
  probe: RpcProbe,
  server: FaultServer,
  options: { readonly n: number; readonly stalls: boolean },
): Promise<void> {
  const { n, stalls } = options;
  for (;;) {
    const { activity } = server;
    const { mark } = probe;
    for (let quiet = 0; quiet < 8; quiet += 1) await setImmediate();
    if (probe.all('turn/completed').length >= n) return;
    if (server.activity !== activity || probe.mark !== mark) continue;
    if (stalls) clock.skip();
    else clock.advance(100);
  }
}

/** How a turn that meets this fault has to end. A broken socket has HTTP behind it. */
function expectedStatus(plan: FaultPlan): 'completed' | 'failed' {
  const { transport, stage, fault, always } = plan;
  if (isFinal(plan)) return 'failed';
  if (!always || HARMLESS.has(fault.kind)) return 'completed';
  // What was said whole stands, whatever becomes of the rest.
  if (stage === 'said' || stage === 'completed') return 'completed';
  return transport === 'socket' && stage !== 'accepted' ? 'completed' : 'failed';
}

/** For a machine that does much else; a case takes milliseconds. */
const PATIENCE_MS = 20_000;

type Facts = {
  readonly struck: boolean;
  readonly statuses: readonly unknown[];
  readonly inTime: boolean;
  readonly loose: readonly string[];
  /** Failures told for good, and messages that are no sentence. */
  readonly failures: number;
  readonly odd: readonly unknown[];
};

async function endure(plan: FaultPlan): Promise<Facts> {
  const clock = new ManualClock();
  await using server = await FaultServer.start(plan);
  await using bench = await startTestEngine({
    clock,
    provider: `[model_providers.faulty]
name = "Faulty"
base_url = "${server.baseUrl}"
experimental_bearer_token = "sk-test"
request_max_retries = 1
stream_max_retries = 1
supports_websockets = ${plan.transport === 'socket'}`,
  });
  const stalls = plan.fault.kind === 'stall';
  const probe = await bench.client();
  // Not kept, because time here stands still while a disk takes its own.
  const threadId = await probe.thread({ modelProvider: 'faulty', ephemeral: true });
  const beganMs = clock.nowMs();
  await probe.turn(threadId, 'Hi');
  await Promise.race([server.reached, probe.notification('turn/completed')]);
  if (plan.fault.kind === 'delay') {
    clock.advance(DELAY_MS);
    server.release();
  }
  if (HARMLESS.has(plan.fault.kind)) await probe.notification('turn/completed');
  else await untilEnded(clock, probe, server, { n: 1, stalls });
  const tookMs = clock.nowMs() - beganMs;

  if (!plan.always) {
    // What was broken once is mended for the next turn.
    await probe.turn(threadId, 'Still there?');
    await untilEnded(clock, probe, server, { n: 2, stalls: false });
  }
  const errors = probe.all('error');
  return {
    struck: server.struck > 0,
    statuses: probe
      .all('turn/completed')
      .map(({ turn }) => (turn as { readonly status: unknown }).status),
    // Two attempts, each as long as its longest wait; a socket has an HTTP request behind it.
    inTime: tookMs <= (plan.transport === 'socket' ? 720_000 : 605_000),
    loose: looseItems(probe),
    failures: errors.filter(({ willRetry }) => willRetry === false).length,
    odd: errors.filter(
      ({ error }) => !/\S.*[.!?…]$/u.test((error as { readonly message: string }).message),
    ),
  };
}

describe.each(['http', 'socket'] as const)('over %s', (transport) => {
  test.concurrent.each(plans(transport).map((plan) => [nameOf(plan), plan] as const))(
    'a turn endures: %s',
    async (_name, plan) => {
      const status = expectedStatus(plan);
      expect(await endure(plan)).toEqual({
        struck: true,
        statuses: plan.always ? [status] : [status, 'completed'],
        inTime: true,
        loose: [],
        failures: status === 'failed' ? 1 : 0,
        odd: [],
      });
    },
    PATIENCE_MS,
  );
});
