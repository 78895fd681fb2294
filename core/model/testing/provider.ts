import type { ModelProvider } from '../contract/index.ts';

/** A provider at `baseUrl` with the defaults of the configuration, except for what a test changes. */
export function testProvider(baseUrl: URL, changes: Partial<ModelProvider> = {}): ModelProvider {
  return {
    id: 'test',
    name: 'Test provider',
    baseUrl,
    headers: {},
    queryParams: {},
    requestMaxRetries: 4,
    streamMaxRetries: 5,
    streamIdleTimeoutMs: 300_000,
    connectTimeoutMs: 15_000,
    headersTimeoutMs: 60_000,
    dialect: 'standard',
    credential: () => Promise.resolve('sk-test'),
    ...changes,
  };
}
