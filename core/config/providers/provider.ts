import {
  type CommandAuthConfig,
  type Config,
  PROVIDER_DEFAULTS,
  type ProviderConfig,
} from '../config.ts';
import { nearest } from '../schema/index.ts';
import { ConfigError } from '../errors.ts';
import { formatKeyPath } from '../toml/index.ts';

/** Where the bearer of a provider's requests comes from; core/auth turns it into one. */
export type CredentialSource =
  | {
      readonly kind: 'environment';
      readonly variable: string;
      readonly instructions: string | undefined;
    }
  | { readonly kind: 'literal'; readonly token: string }
  | { readonly kind: 'command'; readonly auth: CommandAuthConfig }
  /** The stored OpenAI key and, for the built-in provider only, OPENAI_API_KEY. */
  | { readonly kind: 'account' }
  | { readonly kind: 'none' };

/** What is needed to talk to a provider over the network. */
export type RemoteProvider = {
  readonly id: string;
  readonly name: string;
  /** http or https, without a trailing slash. */
  readonly baseUrl: string;
  /** True when the person chose the address, false for OpenAI's own. */
  readonly hasOwnBaseUrl: boolean;
  readonly queryParams: Readonly<Record<string, string>>;
  /** Static headers and those read from the environment; may hold secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credential: CredentialSource;
  readonly requestMaxRetries: number;
  readonly streamMaxRetries: number;
  readonly streamIdleTimeoutMs: number;
  readonly supportsWebsockets: boolean;
  readonly websocketConnectTimeoutMs: number;
};

/** The provider a thread talks to. `practice` is the built-in one and needs no network. */
export type ResolvedProvider =
  | { readonly kind: 'practice'; readonly id: 'practice' }
  | ({ readonly kind: 'openai' } & RemoteProvider)
  | ({ readonly kind: 'custom' } & RemoteProvider);

type Environment = Readonly<Record<string, string | undefined>>;

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/**
 * Chooses the provider: the configured one, else OpenAI when there is an address or a key for it,
 * else practice. Throws ConfigError for an id nobody defined and for an address that cannot be one.
 */
export function resolveProvider(
  config: Config,
  env: Environment,
  stored: { readonly hasApiKey: boolean },
): ResolvedProvider {
  const id = config.modelProvider ?? defaultProvider(config, env, stored.hasApiKey);
  return providerOf(id, 'model_provider', config, env);
}

/** The provider of that name; `key` is the setting that names it. Throws ConfigError like the above. */
export function providerOf(
  id: string,
  key: string,
  config: Config,
  env: Environment,
): ResolvedProvider {
  const fault = config.faultyProviders.get(id);
  if (fault !== undefined) throw fault;
  if (id === 'practice') return { kind: 'practice', id };
  if (id === 'openai') return openaiProvider(config, env);
  const provider = config.modelProviders.get(id);
  if (provider === undefined) throw unknownProvider(id, key, config);
  return customProvider(id, provider, env);
}

function defaultProvider(config: Config, env: Environment, hasApiKey: boolean): string {
  const key = env['OPENAI_API_KEY'];
  const hasKey = hasApiKey || (key !== undefined && key.trim() !== '');
  return hasKey || config.openaiBaseUrl !== undefined ? 'openai' : 'practice';
}

function openaiProvider(config: Config, env: Environment): ResolvedProvider {
  const own = config.openaiBaseUrl;
  return {
    kind: 'openai',
    id: 'openai',
    name: 'OpenAI',
    baseUrl: own === undefined ? OPENAI_BASE_URL : checkedBaseUrl(own, 'openai_base_url'),
    hasOwnBaseUrl: own !== undefined,
    queryParams: {},
    headers: environmentHeaders(OPENAI_HEADERS, env),
    credential: { kind: 'account' },
    supportsWebsockets: true,
    ...PROVIDER_DEFAULTS,
  };
}

function customProvider(id: string, provider: ProviderConfig, env: Environment): ResolvedProvider {
  const key = formatKeyPath(['model_providers', id, 'base_url']);
  if (provider.baseUrl === undefined && !provider.requiresOpenaiAuth) {
    throw new ConfigError(
      `${key} is missing; set it to the address of the provider's API, for example ` +
        '"http://127.0.0.1:8080/v1".',
      { key },
    );
  }
  return {
    kind: 'custom',
    id,
    name: provider.name,
    baseUrl:
      provider.baseUrl === undefined ? OPENAI_BASE_URL : checkedBaseUrl(provider.baseUrl, key),
    hasOwnBaseUrl: provider.baseUrl !== undefined,
    queryParams: provider.queryParams,
    headers: headersOf(provider, env),
    credential: credentialOf(provider),
    requestMaxRetries: provider.requestMaxRetries,
    streamMaxRetries: provider.streamMaxRetries,
    streamIdleTimeoutMs: provider.streamIdleTimeoutMs,
    supportsWebsockets: provider.supportsWebsockets,
    websocketConnectTimeoutMs: provider.websocketConnectTimeoutMs,
  };
}

/** Whose account it is, for keys that belong to several (responses §3.1). */
const OPENAI_HEADERS = {
  'openai-organization': 'OPENAI_ORGANIZATION',
  'openai-project': 'OPENAI_PROJECT',
};

function headersOf(provider: ProviderConfig, env: Environment): Readonly<Record<string, string>> {
  return { ...provider.httpHeaders, ...environmentHeaders(provider.envHttpHeaders, env) };
}

/** A header whose variable is not set is left out, so that one file serves several machines. */
function environmentHeaders(
  variables: Readonly<Record<string, string>>,
  env: Environment,
): Readonly<Record<string, string>> {
  const set = Object.entries(variables).flatMap(([name, variable]) => {
    const value = env[variable]?.trim() ?? '';
    return value === '' ? [] : [[name, value] as const];
  });
  return Object.fromEntries(set);
}

function credentialOf(provider: ProviderConfig): CredentialSource {
  if (provider.auth !== undefined) return { kind: 'command', auth: provider.auth };
  if (provider.envKey !== undefined) {
    return {
      kind: 'environment',
      variable: provider.envKey,
      instructions: provider.envKeyInstructions,
    };
  }
  if (provider.experimentalBearerToken !== undefined) {
    return { kind: 'literal', token: provider.experimentalBearerToken };
  }
  return provider.requiresOpenaiAuth ? { kind: 'account' } : { kind: 'none' };
}

function checkedBaseUrl(text: string, key: string): string {
  const url = URL.parse(text);
  if (url === null) {
    throw new ConfigError(
      `${key} must be a URL such as "https://api.example.com/v1", not ${JSON.stringify(text)}.`,
      { key },
    );
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(
      `${key} must start with http:// or https://, not ${url.protocol}${schemeHint(url.protocol)}.`,
      { key },
    );
  }
  return text.replace(/\/+$/, '');
}

function schemeHint(protocol: string): string {
  return protocol === 'ws:' || protocol === 'wss:'
    ? ' (sockets use the same address with their own scheme)'
    : '';
}

function unknownProvider(id: string, key: string, config: Config): ConfigError {
  const known = ['openai', 'practice', ...config.modelProviders.keys()];
  const suggestion = nearest(id, known);
  const hint = suggestion === undefined ? '' : ` Did you mean ${JSON.stringify(suggestion)}?`;
  return new ConfigError(
    `${key} ${JSON.stringify(id)} is not defined; known are ${known.join(', ')}.${hint}`,
    { key },
  );
}
