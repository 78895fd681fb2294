import {
  connectWebSocketWire,
  RealtimeConnectError,
  type RealtimeWire,
} from '../../realtime/transport/index.ts';
import { type Credentials, createCredentials } from '../auth/index.ts';
import { type Clock, errorText } from '../base/index.ts';
import {
  type Config,
  realtimeCallsUrl,
  realtimeUrl,
  type RemoteProvider,
  type ResolvedProvider,
} from '../config/index.ts';
import {
  createNodeHttp,
  createNodeSockets,
  type HttpPort,
  ModelClient,
  type ModelProvider,
  type ModelRequest,
  type SocketAccess,
  SocketCircuitBreaker,
} from '../model/index.ts';
import type { ModelsEndpoint } from '../models/index.ts';
import { type Logger, runCommand } from '../platform/index.ts';
import type { CallsPort, WireTarget } from '../voice/index.ts';
import { type CallsEndpoint, createCall, hangUpCall } from './realtimeCalls.ts';

export type ProviderAccessOptions = {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly installationId: () => Promise<string>;
  /** Starts the built-in provider; called only when it is needed, and again only after it failed. */
  readonly startPractice: () => Promise<PracticeProvider>;
};

/** The built-in provider while it runs. */
export type PracticeProvider = {
  readonly url: URL;
  /** The key that only this engine knows, so that nobody else on the machine can use it. */
  readonly apiKey: string;
  close(): Promise<void>;
};

/** Who asks, as the provider is told (realtime-v2 §3.2, responses §3.1). */
export type Caller = {
  readonly threadId: string;
  readonly originator: string;
  readonly userAgent: string;
};

/** Where a provider can be reached; practice is an address like any other once it runs. */
type Reachable = {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryParams: Readonly<Record<string, string>>;
};

const REALTIME_CONNECT_TIMEOUT_MS = 10_000;
const HTTP_CONNECT_TIMEOUT_MS = 10_000;
const HTTP_HEADERS_TIMEOUT_MS = 60_000;
const PRACTICE_LIMITS = { requestMaxRetries: 1, streamMaxRetries: 1, streamIdleTimeoutMs: 60_000 };
const REFUSED = 401;

/**
 * The ways to the model providers: one HTTP agent and one set of credentials per provider, shared by
 * all threads. Whoever makes it closes it.
 */
export class ProviderAccess {
  readonly #options: ProviderAccessOptions;
  readonly #http: HttpPort;
  readonly #sockets: SocketAccess;
  readonly #credentials = new Map<string, Credentials>();
  /** Hang-ups under way. */
  readonly #goodbyes = new Set<Promise<void>>();
  #practice: Promise<PracticeProvider> | undefined;

  constructor(options: ProviderAccessOptions) {
    this.#options = options;
    const { clock } = options;
    this.#http = createNodeHttp({ clock });
    this.#sockets = {
      port: createNodeSockets({ clock }),
      circuitBreaker: new SocketCircuitBreaker(clock),
    };
  }

  /** The client of one thread's text turns. */
  async modelClient(provider: ResolvedProvider, caller: Caller): Promise<ModelClient> {
    return new ModelClient({
      provider: await this.#modelProvider(provider),
      conversationId: caller.threadId,
      installationId: await this.#options.installationId(),
      originator: caller.originator,
      userAgent: caller.userAgent,
      clock: this.#options.clock,
      http: this.#http,
      sockets: this.#sockets,
      log: this.#options.log,
    });
  }

  /** Whether such requests go by WebSocket, so that there is something to open ahead. */
  usesSockets(provider: ResolvedProvider, request: ModelRequest): boolean {
    if (provider.kind === 'practice') return false;
    return provider.supportsWebsockets || request.preferWebsockets === true;
  }

  /**
   * Opens a Realtime socket: one try, and one more after a 401 when a command can give a fresh token.
   * Throws a ProductError in plain words.
   */
  async realtimeWire(
    provider: ResolvedProvider,
    config: Config,
    caller: Caller,
    target: WireTarget,
  ): Promise<RealtimeWire> {
    const reachable = await this.#reach(provider);
    const base = config.realtimeWsBaseUrl ?? reachable.baseUrl;
    const url = new URL(realtimeUrl(base, target, reachable.queryParams));
    return this.#withCredential(provider, async (bearer) =>
      connectWebSocketWire({
        url,
        headers: realtimeHeaders(caller, reachable, target.realtimeSessionId, bearer),
        clock: this.#options.clock,
        connectTimeoutMs: REALTIME_CONNECT_TIMEOUT_MS,
        signal: target.signal,
      }),
    );
  }

  /** The provider's calls (realtime-v2 §16.2), with the credentials of its sockets. */
  calls(provider: ResolvedProvider, config: Config, caller: Caller): CallsPort {
    const { clock, log } = this.#options;
    const at = async <Value>(
      realtimeSessionId: string,
      use: (endpoint: CallsEndpoint) => Promise<Value>,
    ): Promise<Value> => {
      const reachable = await this.#reach(provider);
      const url = realtimeCallsUrl(
        config.realtimeCallBaseUrl ?? reachable.baseUrl,
        reachable.queryParams,
      );
      return this.#withCredential(provider, async (bearer) =>
        use({
          http: this.#http,
          clock,
          url,
          headers: realtimeHeaders(caller, reachable, realtimeSessionId, bearer),
          maxRetries: limitsOf(provider).requestMaxRetries,
        }),
      );
    };
    return {
      create: async (request) =>
        at(request.realtimeSessionId, async (endpoint) => createCall(endpoint, request)),
      hangUp: (callId, realtimeSessionId) => {
        const goodbye = at(realtimeSessionId, async (endpoint) => hangUpCall(endpoint, callId))
          .catch((error: unknown) => {
            log.warn({ cause: errorText(error) }, 'A call could not be hung up');
          })
          .finally(() => {
            this.#goodbyes.delete(goodbye);
          });
        this.#goodbyes.add(goodbye);
      },
    };
  }

  /** The connections all requests share. */
  get http(): HttpPort {
    return this.#http;
  }

  /** Where a provider's models are asked for, with the credentials of its turns. */
  modelsEndpoint(provider: ResolvedProvider): ModelsEndpoint {
    const { baseUrl, headers, queryParams } = provider.kind === 'practice' ? NOWHERE : provider;
    return {
      baseUrl,
      headers: { ...headers, originator: 'parley' },
      queryParams,
      credential: async () => this.#credentialsOf(provider).credential(),
    };
  }

  /** Lets calls be hung up, which has a limit of its own, and closes every connection. */
  async close(): Promise<void> {
    await Promise.all(this.#goodbyes);
    this.#http.close();
    this.#sockets.port.close();
    const practice = await this.#practice?.catch(() => undefined);
    await practice?.close();
  }

  /** With the key there is, and once more after a 401 when a command can give a fresh one. */
  async #withCredential<Value>(
    provider: ResolvedProvider,
    use: (bearer: string | undefined) => Promise<Value>,
  ): Promise<Value> {
    const credentials = this.#credentialsOf(provider);
    const token = await credentials.credential('realtime');
    try {
      return await use(token);
    } catch (error) {
      if (token === undefined || !wasRefused(error)) throw error;
      const fresh = await credentials.refreshAfter401(token);
      if (fresh === undefined) throw error;
      return use(fresh);
    }
  }

  async #modelProvider(provider: ResolvedProvider): Promise<ModelProvider> {
    const { baseUrl, headers, queryParams } = await this.#reach(provider);
    const credentials = this.#credentialsOf(provider);
    const limits = limitsOf(provider);
    return {
      id: provider.id,
      name: provider.kind === 'practice' ? 'Practice' : provider.name,
      baseUrl: new URL(baseUrl),
      headers,
      queryParams,
      requestMaxRetries: limits.requestMaxRetries,
      streamMaxRetries: limits.streamMaxRetries,
      streamIdleTimeoutMs: limits.streamIdleTimeoutMs,
      connectTimeoutMs: HTTP_CONNECT_TIMEOUT_MS,
      headersTimeoutMs: HTTP_HEADERS_TIMEOUT_MS,
      supportsWebsockets: provider.kind !== 'practice' && provider.supportsWebsockets,
      ...(provider.kind !== 'practice' && {
        websocketConnectTimeoutMs: provider.websocketConnectTimeoutMs,
      }),
      dialect: dialectOf(provider),
      credential: async (refused) =>
        refused === undefined ? credentials.credential() : credentials.refreshAfter401(refused),
    };
  }

  async #reach(provider: ResolvedProvider): Promise<Reachable> {
    if (provider.kind !== 'practice') return provider;
    const { url, apiKey } = await this.#startedPractice();
    return { baseUrl: url.href, headers: { authorization: `Bearer ${apiKey}` }, queryParams: {} };
  }

  /** One server for all; a start that failed is tried again by whoever needs it next. */
  async #startedPractice(): Promise<PracticeProvider> {
    const starting = (this.#practice ??= this.#options.startPractice());
    try {
      return await starting;
    } catch (error) {
      if (this.#practice === starting) this.#practice = undefined;
      throw error;
    }
  }

  #credentialsOf(provider: ResolvedProvider): Credentials {
    const known = this.#credentials.get(provider.id);
    if (known !== undefined) return known;
    const { env, home, clock, log } = this.#options;
    const credentials = createCredentials(provider, {
      env,
      home,
      clock,
      run: runCommand,
      onWarning: (message) => {
        log.warn({}, message);
      },
    });
    this.#credentials.set(provider.id, credentials);
    return credentials;
  }
}

/** The built-in provider's models are known. */
const NOWHERE: Reachable = { baseUrl: '', headers: {}, queryParams: {} };

const limitsOf = (
  provider: ResolvedProvider,
): Pick<RemoteProvider, 'requestMaxRetries' | 'streamMaxRetries' | 'streamIdleTimeoutMs'> =>
  provider.kind === 'practice' ? PRACTICE_LIMITS : provider;

/** Servers of one's own often know function tools and little else (responses §16). */
function dialectOf(provider: ResolvedProvider): ModelProvider['dialect'] {
  if (provider.kind !== 'custom' || provider.supportsWebsockets) return 'standard';
  const { hostname } = new URL(provider.baseUrl);
  return /(?:^|\.)openai\.(?:com|azure\.com)$/u.test(hostname) ? 'standard' : 'plain';
}

/** Who asks, and for which conversation (realtime-v2 §3.2). */
function realtimeHeaders(
  caller: Caller,
  { headers }: Reachable,
  realtimeSessionId: string,
  bearer: string | undefined,
): Readonly<Record<string, string>> {
  return {
    'user-agent': caller.userAgent,
    originator: caller.originator,
    'thread-id': caller.threadId,
    'session-id': caller.threadId,
    ...headers,
    'x-session-id': realtimeSessionId,
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
  };
}

function wasRefused(error: unknown): boolean {
  return (
    error instanceof RealtimeConnectError &&
    error.failure.kind === 'status' &&
    error.failure.status === REFUSED
  );
}
