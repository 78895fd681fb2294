import {
  RateLimitReachedType,
  type RateLimitSnapshot,
  type RateLimitWindow,
} from '../../protocol/index.ts';
import type { WireEvent } from './wireEvents.ts';

/** Reads a `codex.rate_limits` event (responses §9.2); one that says nothing gives none. */
export function rateLimitsFromEvent(
  event: Extract<WireEvent, { type: 'codex.rate_limits' }>,
): readonly RateLimitSnapshot[] {
  const { primary, secondary } = event.rate_limits ?? {};
  const { credits } = event;
  const snapshot: RateLimitSnapshot = {
    ...UNSAID,
    limitId: event.metered_limit_name ?? event.limit_name ?? DEFAULT_BUCKET,
    primary: windowOf(primary?.used_percent, primary?.window_minutes, primary?.reset_at),
    secondary: windowOf(secondary?.used_percent, secondary?.window_minutes, secondary?.reset_at),
    credits: credits
      ? {
          hasCredits: credits.has_credits ?? false,
          unlimited: credits.unlimited ?? false,
          balance: credits.balance?.toString() ?? null,
        }
      : null,
    planType: event.plan_type ?? null,
  };
  return saysSomething(snapshot) ? [snapshot] : [];
}

/** Reads every bucket that the headers of a response name (responses §9.1); none gives none. */
export function rateLimitsFromHeaders(
  headers: Readonly<Record<string, string>>,
): readonly RateLimitSnapshot[] {
  const prefixes = new Set<string>();
  for (const name of Object.keys(headers)) {
    const match = /^(x-.+)-(?:primary|secondary)-(?:used-percent|window-minutes|reset-at)$/u.exec(
      name,
    );
    if (match?.[1] !== undefined) prefixes.add(match[1]);
  }
  const credits = creditsOf(headers);
  if (credits !== null) prefixes.add(`x-${DEFAULT_BUCKET}`);
  return Array.from(prefixes, (prefix): RateLimitSnapshot => {
    const windowAt = (which: string): RateLimitWindow | null =>
      windowOf(
        number(headers[`${prefix}-${which}-used-percent`]),
        number(headers[`${prefix}-${which}-window-minutes`]),
        number(headers[`${prefix}-${which}-reset-at`]),
      );
    const limitId = prefix.slice('x-'.length).replaceAll('-', '_');
    return {
      ...UNSAID,
      limitId,
      limitName: headers[`${prefix}-limit-name`] ?? null,
      primary: windowAt('primary'),
      secondary: windowAt('secondary'),
      credits: limitId === DEFAULT_BUCKET ? credits : null,
    };
  }).filter(saysSomething);
}

function saysSomething({ primary, secondary, credits, planType }: RateLimitSnapshot): boolean {
  return primary !== null || secondary !== null || credits !== null || planType !== null;
}

/**
 * Reads what a refusal tells about limits: the buckets as above, and which of them was reached how.
 * Clients get it as they get the others, so that a full bucket shows when it matters.
 */
export function rateLimitsOfRefusal(
  headers: Readonly<Record<string, string>>,
): readonly RateLimitSnapshot[] {
  const snapshots = rateLimitsFromHeaders(headers);
  const reached = RateLimitReachedType.safeParse(headers['x-codex-rate-limit-reached-type']);
  if (!reached.success) return snapshots;
  const limitId = refusedBucket(headers) ?? DEFAULT_BUCKET;
  const rateLimitReachedType = reached.data;
  const others = snapshots.filter((snapshot) => snapshot.limitId !== limitId);
  const refused = snapshots.find((snapshot) => snapshot.limitId === limitId);
  return [...others, { ...(refused ?? { ...UNSAID, limitId }), rateLimitReachedType }];
}

/** What is known of a bucket after one more word about it: a null erases nothing. */
export function mergeRateLimits(
  before: RateLimitSnapshot | undefined,
  next: RateLimitSnapshot,
): RateLimitSnapshot {
  if (before === undefined) return next;
  return {
    limitId: next.limitId,
    limitName: next.limitName ?? before.limitName,
    normalModelSlug: next.normalModelSlug ?? before.normalModelSlug,
    primary: next.primary ?? before.primary,
    secondary: next.secondary ?? before.secondary,
    credits: next.credits ?? before.credits,
    individualLimit: null,
    spendControlReached: null,
    planType: next.planType ?? before.planType,
    rateLimitReachedType: next.rateLimitReachedType ?? before.rateLimitReachedType,
  };
}

/** The bucket a refusal is about, where it is another than the default one. */
export function refusedBucket(headers: Readonly<Record<string, string>>): string | undefined {
  const named = headers['x-codex-active-limit']?.trim().replaceAll('-', '_');
  return named === undefined || named === '' || named === DEFAULT_BUCKET ? undefined : named;
}

const DEFAULT_BUCKET = 'codex';

/** A bucket nothing is known of. */
const UNSAID: Omit<RateLimitSnapshot, 'limitId'> = {
  limitName: null,
  normalModelSlug: null,
  primary: null,
  secondary: null,
  credits: null,
  individualLimit: null,
  spendControlReached: null,
  planType: null,
  rateLimitReachedType: null,
};

/** A window says something only if one of its numbers does. */
function windowOf(
  usedPercent: number | null | undefined,
  minutes: number | null | undefined,
  resetsAt: number | null | undefined,
): RateLimitWindow | null {
  if (
    (usedPercent ?? 0) === 0 &&
    (minutes ?? 0) === 0 &&
    (resetsAt === null || resetsAt === undefined)
  ) {
    return null;
  }
  return {
    usedPercent: Math.round(usedPercent ?? 0),
    windowDurationMins: whole(minutes),
    resetsAt: whole(resetsAt),
  };
}

/** Clients are promised whole numbers. */
function whole(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value);
}

function creditsOf(headers: Readonly<Record<string, string>>): RateLimitSnapshot['credits'] {
  const hasCredits = headers['x-codex-credits-has-credits'];
  const unlimited = headers['x-codex-credits-unlimited'];
  if (hasCredits === undefined || unlimited === undefined) return null;
  return {
    hasCredits: hasCredits.toLowerCase() === 'true',
    unlimited: unlimited.toLowerCase() === 'true',
    balance: headers['x-codex-credits-balance'] ?? null,
  };
}

function number(text: string | undefined): number | undefined {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
