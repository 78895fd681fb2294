import type { RemoteProvider, ResolvedProvider } from '../config/index.ts';

/** Where a provider can be reached; practice is an address like any other once it runs. */
export type Address = Pick<RemoteProvider, 'baseUrl' | 'headers' | 'queryParams'>;

/** Who asks, as the provider is told (realtime-v2 §3.2, responses §3.1). */
export type Caller = {
  readonly threadId: string;
  readonly originator: string;
  readonly userAgent: string;
};

/** The headers that name the program which asks. */
export function callerHeaders({
  originator,
  userAgent,
}: Omit<Caller, 'threadId'>): Readonly<Record<string, string>> {
  return { 'user-agent': userAgent, originator };
}

type Limits = Pick<
  RemoteProvider,
  'requestMaxRetries' | 'streamMaxRetries' | 'streamIdleTimeoutMs'
>;

const PRACTICE_LIMITS: Limits = {
  requestMaxRetries: 1,
  streamMaxRetries: 1,
  streamIdleTimeoutMs: 60_000,
};

/** How patient to be with a provider. */
export const limitsOf = (provider: ResolvedProvider): Limits =>
  provider.kind === 'practice' ? PRACTICE_LIMITS : provider;
