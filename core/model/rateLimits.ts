import type { WireEvent } from './wireEvents.ts';

/** A window of a rate limit; `resetsAt` is Unix seconds. */
export type RateLimitWindow = {
  readonly usedPercent: number;
  readonly windowDurationMins: number | null;
  readonly resetsAt: number | null;
};

/** The state of one rate-limit bucket as the provider reports it (responses §9). */
export type RateLimitSnapshot = {
  readonly limitId: string;
  readonly limitName: string | null;
  readonly primary: RateLimitWindow | null;
  readonly secondary: RateLimitWindow | null;
  readonly credits: {
    readonly hasCredits: boolean;
    readonly unlimited: boolean;
    readonly balance: string | null;
  } | null;
  readonly planType: string | null;
};

/** Reads a `codex.rate_limits` event (responses §9.2). */
export function rateLimitsFromEvent(
  event: Extract<WireEvent, { type: 'codex.rate_limits' }>,
): RateLimitSnapshot {
  const { primary, secondary } = event.rate_limits ?? {};
  const { credits } = event;
  return {
    limitId: event.metered_limit_name ?? event.limit_name ?? DEFAULT_BUCKET,
    limitName: null,
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
      limitId,
      limitName: headers[`${prefix}-limit-name`] ?? null,
      primary: windowAt('primary'),
      secondary: windowAt('secondary'),
      credits: limitId === DEFAULT_BUCKET ? credits : null,
      planType: null,
    };
  }).filter(
    ({ primary, secondary, credits: given }) =>
      primary !== null || secondary !== null || given !== null,
  );
}

const DEFAULT_BUCKET = 'codex';

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
    windowDurationMins: minutes ?? null,
    resetsAt: resetsAt ?? null,
  };
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
