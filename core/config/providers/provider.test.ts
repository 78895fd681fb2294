import { describe, expect, test } from 'vitest';

import { toConfig } from '../config.ts';
import { ConfigError, resolveProvider, type ResolvedProvider } from '../index.ts';
import { ConfigFile } from '../schema/index.ts';

function resolve(
  file: Record<string, unknown>,
  env: Record<string, string> = {},
  hasApiKey = false,
): ResolvedProvider {
  return resolveProvider(toConfig(ConfigFile.parse(file)), env, { hasApiKey });
}

function failure(file: Record<string, unknown>): string {
  try {
    resolve(file);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The provider was accepted');
}

describe('which provider', () => {
  test.for<[string, Record<string, unknown>, Record<string, string>, boolean, string]>([
    ['practice when nothing is configured', {}, {}, false, 'practice'],
    [
      'practice when the key in the environment is blank',
      {},
      { OPENAI_API_KEY: ' ' },
      false,
      'practice',
    ],
    ['OpenAI with a key in the environment', {}, { OPENAI_API_KEY: 'k' }, false, 'openai'],
    ['OpenAI with a stored key', {}, {}, true, 'openai'],
    ['OpenAI at an address of its own', { openai_base_url: 'http://x' }, {}, false, 'openai'],
    [
      'practice on request, key or not',
      { model_provider: 'practice' },
      { OPENAI_API_KEY: 'k' },
      true,
      'practice',
    ],
    ['OpenAI on request, key or not', { model_provider: 'openai' }, {}, false, 'openai'],
    [
      'a custom one by its id',
      { model_provider: 'p', model_providers: { p: { base_url: 'http://x' } } },
      {},
      false,
      'p',
    ],
    [
      'practice although a custom one is defined and not chosen',
      { model_providers: { p: { base_url: 'http://x' } } },
      {},
      false,
      'practice',
    ],
  ])('%s', ([, file, env, hasApiKey, id]) => {
    expect(resolve(file, env, hasApiKey).id).toBe(id);
  });

  test('an id nobody defined names those that exist', () => {
    expect(
      failure({ model_provider: 'locall', model_providers: { local: { base_url: 'http://x' } } }),
    ).toBe(
      'model_provider "locall" is not defined; known are openai, practice, local. Did you mean "local"?',
    );
  });
});

test('the built-in provider is OpenAI with sockets and the documented limits', () => {
  expect(resolve({ model_provider: 'openai' })).toEqual({
    kind: 'openai',
    id: 'openai',
    name: 'OpenAI',
    baseUrl: 'https://api.openai.com/v1',
    hasOwnBaseUrl: false,
    queryParams: {},
    headers: {},
    credential: { kind: 'account' },
    supportsWebsockets: true,
    requestMaxRetries: 4,
    streamMaxRetries: 5,
    streamIdleTimeoutMs: 300_000,
    websocketConnectTimeoutMs: 15_000,
  });
});

test('OpenAI is told whose organization and project a key is used for, and nobody else is', () => {
  const env = { OPENAI_ORGANIZATION: ' org-1 ', OPENAI_PROJECT: 'proj_1' };
  const custom = { model_provider: 'p', model_providers: { p: { base_url: 'http://x' } } };

  expect(resolve({ model_provider: 'openai' }, env)).toMatchObject({
    headers: { 'openai-organization': 'org-1', 'openai-project': 'proj_1' },
  });
  expect(resolve(custom, env)).toMatchObject({ headers: {} });
  expect(resolve({ model_provider: 'openai' }, { OPENAI_PROJECT: ' ' })).toMatchObject({
    headers: {},
  });
});

test('a custom provider carries all that its table says', () => {
  const provider = resolve(
    {
      model_provider: 'p',
      model_providers: {
        p: {
          name: 'Mine',
          base_url: 'http://127.0.0.1:9/v1//',
          query_params: { 'api-version': '1' },
          http_headers: { 'x-a': 'a', 'x-b': 'static' },
          env_http_headers: { 'x-b': 'B', 'x-c': 'UNSET', 'x-d': 'BLANK' },
          env_key: 'KEY',
          env_key_instructions: 'Ask Ann.',
          request_max_retries: 0,
          supports_websockets: true,
        },
      },
    },
    { B: 'from env', BLANK: ' ' },
  );

  expect(provider).toEqual({
    kind: 'custom',
    id: 'p',
    name: 'Mine',
    baseUrl: 'http://127.0.0.1:9/v1',
    hasOwnBaseUrl: true,
    queryParams: { 'api-version': '1' },
    headers: { 'x-a': 'a', 'x-b': 'from env' },
    credential: { kind: 'environment', variable: 'KEY', instructions: 'Ask Ann.' },
    supportsWebsockets: true,
    requestMaxRetries: 0,
    streamMaxRetries: 5,
    streamIdleTimeoutMs: 300_000,
    websocketConnectTimeoutMs: 15_000,
  });
});

describe('the source of the credential', () => {
  test.for<[Record<string, unknown>, string]>([
    [{}, 'none'],
    [{ env_key: 'K', experimental_bearer_token: 't' }, 'environment'],
    [{ experimental_bearer_token: 't', requires_openai_auth: true }, 'literal'],
    [{ requires_openai_auth: true }, 'account'],
    [{ auth: { command: 'c' } }, 'command'],
  ])('of %j is %s', ([table, kind]) => {
    const provider = resolve({
      model_provider: 'p',
      model_providers: { p: { base_url: 'http://x', ...table } },
    });

    expect(provider).toMatchObject({ credential: { kind } });
  });
});

describe('an address that cannot be one is refused', () => {
  test.for([
    [
      'ws://x/v1',
      'openai_base_url must start with http:// or https://, not ws: (sockets use the same address with their own scheme).',
    ],
    ['localhost:8080', 'openai_base_url must start with http:// or https://, not localhost:.'],
    [
      'api.example.com',
      'openai_base_url must be a URL such as "https://api.example.com/v1", not "api.example.com".',
    ],
  ] as const)('%s', ([url, expected]) => {
    expect(failure({ openai_base_url: url })).toBe(expected);
  });

  test('as is a custom provider without one', () => {
    expect(failure({ model_provider: 'p', model_providers: { p: {} } })).toBe(
      'model_providers.p.base_url is missing; set it to the address of the provider\'s API, for example "http://127.0.0.1:8080/v1".',
    );
  });

  test('but one that uses the OpenAI account has OpenAI as its default', () => {
    expect(
      resolve({ model_provider: 'p', model_providers: { p: { requires_openai_auth: true } } }),
    ).toMatchObject({ baseUrl: 'https://api.openai.com/v1', hasOwnBaseUrl: false });
  });
});

test.each([
  [{}, 15_000],
  [{ websocket_connect_timeout_ms: 700 }, 700],
  [{ websocket_startup_timeout_ms: 800 }, 800],
  [{ websocket_connect_timeout_ms: 700, websocket_startup_timeout_ms: 800 }, 700],
])('the limit of a socket connect %j is %i ms', (limits, expected) => {
  const provider = resolve({
    model_provider: 'mine',
    model_providers: { mine: { base_url: 'http://x', ...limits } },
  });
  expect(provider).toMatchObject({ websocketConnectTimeoutMs: expected });
});
