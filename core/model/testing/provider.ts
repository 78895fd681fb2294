import { ProductError } from '../../base/index.ts';
import type { Authenticated, ModelProvider } from '../contract/index.ts';

/** Sends everything with one key. */
export function withKey(key: string): Authenticated {
  return async ({ send }) => send({ authorization: `Bearer ${key}` });
}

class NotKeyedError extends ProductError {
  readonly code = 'notKeyed';
  readonly retryable = false;
}

/** Waits for a key that never comes: nothing is sent, and who gives up is let go. */
export const neverKeyed: Authenticated = async ({ signal }) => {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => {
    reject(new NotKeyedError('given up before there was a key'));
  });
  return promise;
};

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
    authenticated: withKey('sk-test'),
    hideSecrets: () => undefined,
    ...changes,
  };
}
