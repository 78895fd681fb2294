import type { ResolvedProvider } from '../config/index.ts';
import type { ModelProvider } from '../model/index.ts';
import { type Address, limitsOf } from './address.ts';

const CONNECT_TIMEOUT_MS = 10_000;
const HEADERS_TIMEOUT_MS = 60_000;

/** A provider as the client of text turns sees it. */
export function textProvider(
  provider: ResolvedProvider,
  { baseUrl, headers, queryParams }: Address,
  keys: Pick<ModelProvider, 'authenticated' | 'hideSecrets' | 'keyEpoch'>,
): ModelProvider {
  const { requestMaxRetries, streamMaxRetries, streamIdleTimeoutMs } = limitsOf(provider);
  return {
    id: provider.id,
    name: provider.kind === 'practice' ? 'Practice' : provider.name,
    baseUrl: new URL(baseUrl),
    headers,
    queryParams,
    requestMaxRetries,
    streamMaxRetries,
    streamIdleTimeoutMs,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    headersTimeoutMs: HEADERS_TIMEOUT_MS,
    supportsWebsockets: provider.kind !== 'practice' && provider.supportsWebsockets,
    ...(provider.kind !== 'practice' && {
      websocketConnectTimeoutMs: provider.websocketConnectTimeoutMs,
    }),
    dialect: dialectOf(provider),
    compacts: isOpenai(provider),
    ...keys,
  };
}

const OPENAI_HOSTS = /(?:^|\.)openai\.(?:com|azure\.com)$/u;

/** OpenAI's API, by whatever way; what stands in front of it may not pass on all of it. */
const isOpenai = (provider: ResolvedProvider): boolean =>
  provider.kind === 'openai' ||
  (provider.kind === 'custom' && OPENAI_HOSTS.test(new URL(provider.baseUrl).hostname));

/** Servers of one's own often know function tools and little else (responses §16). */
export function dialectOf(provider: ResolvedProvider): ModelProvider['dialect'] {
  if (provider.kind !== 'custom' || provider.supportsWebsockets) return 'standard';
  return isOpenai(provider) ? 'standard' : 'plain';
}
