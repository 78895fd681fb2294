import { describe, expect, test } from 'vitest';

import type { ServerNotification } from '../../../core/protocol/index.ts';
import { endsSoon, noFacts, type SessionFacts, stepFacts } from './sessionFacts.ts';

const threadId = 'thread-1';
const NOW_MS = 1_700_000_000_000;
const mode = { outputModality: 'audio', quiet: false, interruption: 'on' } as const;

const updated = (expiresAt: number | null): ServerNotification => ({
  method: 'thread/realtime/session/updated',
  params: { threadId, ...mode, expiresAt },
});
const limits = (rateLimits: unknown): ServerNotification => ({
  method: 'thread/realtime/rateLimits/updated',
  params: { threadId, rateLimits },
});
const queue = (phase: 'free' | 'active', waiting: number, dropped: number): ServerNotification => ({
  method: 'thread/realtime/queue/updated',
  params: { threadId, phase, waiting, droppedInputChunks: dropped },
});
const begun: ServerNotification = {
  method: 'thread/realtime/started',
  params: { threadId, sessionId: 's', realtimeSessionId: 's', version: 'v2' },
};
const closed: ServerNotification = {
  method: 'thread/realtime/closed',
  params: { threadId, reason: 'requested' },
};
const lost: ServerNotification = {
  method: 'thread/realtime/stage',
  params: { threadId, stage: 'reconnecting', attempt: 1, detail: 'closed with code 1006' },
};
const requests = { name: 'requests', limit: 1000, remaining: 998, reset_seconds: 12 };
const shown = { name: 'requests', limit: 1000, remaining: 998, fullAtMs: NOW_MS + 12_000 };

const run = (notices: readonly ServerNotification[]): SessionFacts =>
  notices.reduce((facts, notice) => stepFacts(facts, notice, NOW_MS), noFacts);

describe('the facts of a session', () => {
  test.for<{ name: string; notices: ServerNotification[]; facts: Partial<SessionFacts> }>([
    {
      name: 'have the time of its end in milliseconds',
      notices: [updated(1_700_000_060)],
      facts: { endsAtMs: NOW_MS + 60_000 },
    },
    {
      name: 'forget an end that is no longer told',
      notices: [updated(1_700_000_060), updated(null)],
      facts: { endsAtMs: undefined },
    },
    {
      name: 'pass over the end of an earlier connection',
      notices: [updated(1_699_999_999)],
      facts: { endsAtMs: undefined },
    },
    {
      name: 'pass over rate limits that cannot be read, and keep those that can',
      notices: [limits([{ name: 'tokens' }, requests, null])],
      facts: { rateLimits: [shown] },
    },
    { name: 'have no rate limits from nonsense', notices: [limits('many')], facts: noFacts },
    {
      name: 'say what is asked for, what waits and what was dropped',
      notices: [queue('active', 2, 0), queue('active', 1, 37)],
      facts: { answer: 'active', waiting: 1, droppedChunks: 37 },
    },
    {
      name: 'begin anew with a session, rate limits excepted',
      notices: [updated(1_700_000_060), limits([requests]), queue('active', 1, 5), begun],
      facts: { ...noFacts, rateLimits: [shown] },
    },
    {
      name: 'have neither an end nor an answer while there is no connection',
      notices: [updated(1_700_000_060), queue('active', 1, 5), lost],
      facts: { endsAtMs: undefined, answer: 'free', waiting: 0, droppedChunks: 5 },
    },
    {
      name: 'keep the count of what was dropped when the session ends, and nothing waits',
      notices: [updated(1_700_000_060), queue('active', 1, 5), closed],
      facts: { endsAtMs: undefined, answer: 'free', waiting: 0, droppedChunks: 5 },
    },
  ])('$name', ({ notices, facts }) => {
    expect(run(notices)).toMatchObject(facts);
  });

  test('stay the same object when nothing is said about them', () => {
    const speech: ServerNotification = {
      method: 'thread/realtime/speech/stopped',
      params: { threadId, itemId: null, audioEndMs: null },
    };

    expect(stepFacts(noFacts, speech, NOW_MS)).toBe(noFacts);
  });
});

test.for([
  { leftMs: 300_001, soon: false },
  { leftMs: 300_000, soon: true },
  { leftMs: 1, soon: true },
  { leftMs: 0, soon: false },
])('a session with $leftMs ms left ends soon: $soon', ({ leftMs, soon }) => {
  expect(endsSoon({ ...noFacts, endsAtMs: NOW_MS + leftMs }, NOW_MS)).toBe(soon);
});

test('a session of which no end is known does not end soon', () => {
  expect(endsSoon(noFacts, NOW_MS)).toBe(false);
});
