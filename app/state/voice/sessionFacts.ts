import * as z from 'zod';

import { isOneOf, type ServerNotification } from '../../../core/protocol/index.ts';
import type { VoiceState } from './machine/index.ts';

/** How much of an allowance of the provider is left, and when it is whole again. */
export type RateLimit = {
  readonly name: string;
  readonly limit: number;
  readonly remaining: number;
  readonly fullAtMs: number;
};

/** What the engine says about the running voice session, beside its state. */
export type SessionFacts = {
  /** What is said is written down, and nobody answers. */
  readonly isDictation: boolean;
  /** When the provider ends the session, if it said so. */
  readonly endsAtMs: number | undefined;
  readonly rateLimits: readonly RateLimit[];
  /** Whether an answer is asked for or being made, and how many wait for their turn. */
  readonly answer: 'free' | 'requested' | 'active';
  readonly waiting: number;
  /** Pieces of microphone sound that the connection could not take. */
  readonly droppedChunks: number;
};

export const noFacts: SessionFacts = {
  isDictation: false,
  endsAtMs: undefined,
  rateLimits: [],
  answer: 'free',
  waiting: 0,
  droppedChunks: 0,
};

const WireRateLimit = z.looseObject({
  name: z.string(),
  limit: z.number(),
  remaining: z.number(),
  reset_seconds: z.number(),
});
const WireRateLimits = z.array(z.unknown()).catch([]);

/** What says something about the session. */
const TELLING = [
  'thread/realtime/started',
  'thread/realtime/session/updated',
  'thread/realtime/rateLimits/updated',
  'thread/realtime/queue/updated',
  'thread/realtime/stage',
  'thread/realtime/closed',
] as const;

/** Applies one notification of the session; those that say nothing about it change nothing. */
export function stepFacts(
  facts: SessionFacts,
  notice: ServerNotification,
  nowMs: number,
): SessionFacts {
  if (!isOneOf(notice, TELLING)) return facts;
  switch (notice.method) {
    case 'thread/realtime/started':
      // The allowance belongs to the account and outlives the session.
      return {
        ...noFacts,
        isDictation: notice.params.sessionType === 'transcription',
        rateLimits: facts.rateLimits,
      };
    case 'thread/realtime/session/updated': {
      const endsAtMs = (notice.params.expiresAt ?? 0) * 1000;
      // A time that has passed was that of an earlier connection.
      return { ...facts, endsAtMs: endsAtMs > nowMs ? endsAtMs : undefined };
    }
    case 'thread/realtime/rateLimits/updated':
      return { ...facts, rateLimits: readRateLimits(notice.params.rateLimits, nowMs) };
    case 'thread/realtime/queue/updated': {
      const { phase, waiting, droppedInputChunks } = notice.params;
      return { ...facts, answer: phase, waiting, droppedChunks: droppedInputChunks };
    }
    case 'thread/realtime/stage':
      return notice.params.stage === 'reconnecting'
        ? { ...facts, endsAtMs: undefined, answer: 'free', waiting: 0 }
        : facts;
    case 'thread/realtime/closed':
      return { ...facts, endsAtMs: undefined, answer: 'free', waiting: 0 };
  }
}

/** A row that cannot be read costs only itself. */
function readRateLimits(value: unknown, nowMs: number): readonly RateLimit[] {
  return WireRateLimits.parse(value).flatMap((row) => {
    const { success, data } = WireRateLimit.safeParse(row);
    if (!success) return [];
    const { name, limit, remaining, reset_seconds: resetS } = data;
    return [{ name, limit, remaining, fullAtMs: nowMs + resetS * 1000 }];
  });
}

/** True while a session runs that writes down what is said; nobody answers in it. */
export const isDictating = ({ phase }: VoiceState, { isDictation }: SessionFacts): boolean =>
  phase === 'live' && isDictation;

const WARN_BEFORE_END_MS = 5 * 60_000;

/** True in the last minutes before the provider ends the session. */
export function endsSoon({ endsAtMs }: SessionFacts, nowMs: number): boolean {
  if (endsAtMs === undefined) return false;
  const leftMs = endsAtMs - nowMs;
  return leftMs > 0 && leftMs <= WARN_BEFORE_END_MS;
}
