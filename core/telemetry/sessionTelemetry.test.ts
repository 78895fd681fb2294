import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { ManualClock } from '../base/testing/index.ts';
import { messageAnswer } from '../model/testing/index.ts';
import { ModelAbortedError } from '../model/index.ts';
import { startTestEngine, turnEnded } from '../testing/index.ts';
import { SessionTelemetry } from './index.ts';

type Fields = Readonly<Record<string, unknown>>;

function bench() {
  const lines: [level: string, fields: Fields][] = [];
  const clock = new ManualClock();
  const telemetry = new SessionTelemetry({
    source: { threadId: 't1', appVersion: '1.2.3', model: 'first', originator: 'client' },
    clock,
    log: {
      info: (fields) => lines.push(['info', fields]),
      warn: (fields) => lines.push(['warn', fields]),
    },
  });
  return { lines, clock, telemetry };
}

const session = { threadId: 't1', app_version: '1.2.3', model: 'first', originator: 'client' };

test('every line says which version, model and client it is about', () => {
  const { lines, telemetry } = bench();
  telemetry.event('something', { count: 2 });
  telemetry.event('something', {}, 'second');

  expect(lines).toEqual([
    ['info', { event: 'something', count: 2, ...session, slug: 'first' }],
    ['info', { event: 'something', ...session, slug: 'second' }],
  ]);
});

test('a sampling leaves one line with its times and counts, however often it is ended', () => {
  const { lines, clock, telemetry } = bench();
  const watch = telemetry.sampling('turn', 'second');
  watch.retried();
  clock.advance(300);
  const item = { type: 'message' as const, role: 'assistant' as const, content: [] };
  watch.take({ type: 'itemAdded', itemId: 'm', item });
  watch.take({ type: 'textDelta', itemId: 'm', delta: 'a secret' });
  clock.advance(200);
  watch.ended();
  watch.ended({ error: new ModelAbortedError() });

  const facts = { turnId: 'turn', durationMs: 500, firstOutputMs: 300, outputTokens: null };
  expect(lines).toEqual([
    [
      'info',
      {
        event: 'sampling.ended',
        ...facts,
        retries: 1,
        outcome: 'completed',
        ...session,
        slug: 'second',
      },
    ],
  ]);
});

test('an interruption is no failure', () => {
  const { lines, telemetry } = bench();
  telemetry.sampling('turn', 'm').ended({ error: new ModelAbortedError() });

  expect(lines).toMatchObject([['info', { outcome: 'interrupted' }]]);
});

test('what people are told in a sentence has its cause in the log, and what was said is not there', async () => {
  await using engine = await startTestEngine({
    scripts: [[{ cut: true }], [{ events: messageAnswer('Words of the model') }]],
  });
  const probe = await engine.client();
  const threadId = await probe.thread();
  await probe.turn(threadId, 'Words of the user');
  await turnEnded(probe);
  await probe.turn(threadId, 'Words of the user');
  await turnEnded(probe, 2);
  await engine.engine.close();

  const log = await readFile(join(engine.home, 'log', 'parley.log'), 'utf8');
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields)
    .filter(({ event }) => event === 'sampling.ended');
  expect(lines).toMatchObject([
    {
      outcome: 'failed',
      originator: 'probe',
      app_version: '0.0.0-test',
      model: 'test-model',
      info: { responseStreamDisconnected: { httpStatusCode: null } },
      causes: [expect.stringContaining('closed the connection'), 'socket hang up'],
    },
    { outcome: 'completed', slug: 'test-model', outputTokens: 20 },
  ]);
  expect(log).not.toMatch(/Words of the/u);
});
