import { randomUUID } from 'node:crypto';

import type { Sayable } from '../../realtime/server/index.ts';
import type { RealtimeWire } from '../../realtime/transport/index.ts';
import { AuthError, createCredentials, removeStoredAuth, storeApiKey } from '../auth/index.ts';
import { AsyncLazy, type Clock } from '../base/index.ts';
import type { SpeechEndpoint, TriedEnd } from '../cascade/index.ts';
import {
  type Cascade,
  type Config,
  type ResolvedProvider,
  resolveCascade,
} from '../config/index.ts';
import {
  createNodeHttp,
  createNodeSockets,
  type HttpPort,
  ModelClient,
  type ModelProvider,
  type SocketAccess,
  SocketCircuitBreaker,
} from '../model/index.ts';
import type { ModelsEndpoint } from '../models/index.ts';
import { installationId, type Logger, type RunCommand, runCommand } from '../platform/index.ts';
import type { CallsPort, WireTarget } from '../voice/index.ts';
import { type Address, type Caller, callerHeaders, limitsOf } from './address.ts';
import { Authenticator } from './authenticator.ts';
import { BuiltInServer, type RunningServer, startPractice } from './builtInServer.ts';
import { Calls } from './calls.ts';
import { Cascades } from './cascades.ts';
import { Catalogues } from './catalogues.ts';
import { Secrets } from './secrets.ts';
import { TextClient } from './textClient.ts';
import { textProvider } from './textProvider.ts';
import { openVoiceSocket, type VoiceProvider } from './voiceProvider.ts';

export type ProvidersOptions = {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly version: string;
  /** Starts the built-in provider; called only when it is needed, and again only after it failed. */
  readonly startPractice?: () => Promise<RunningServer>;
  /** Runs the programs that print keys; this machine's unless given. */
  readonly runCommand?: RunCommand;
};

/** `missing`: the provider asks for a key, and there is none that can be used. */
export type SignIn = 'notAsked' | 'apiKey' | 'missing';

/** What came of trying the ends of a cascade. */
export type TriedCascade = { readonly [End in keyof Cascade]: TriedEnd };

/** A provider as one thread uses it. */
export type ThreadProvider = {
  readonly text: TextClient;
  /** Opens a Realtime socket, or joins a call by one: a single try. Throws a ProductError in plain words. */
  readonly connectVoice: (target: WireTarget) => Promise<RealtimeWire>;
  readonly calls: CallsPort;
};

/**
 * The providers of models: addresses, connections and keys, once for text turns, voice, calls and lists
 * of models, and shared by all threads. Whoever makes it closes it.
 */
export class Providers {
  /** The models each provider has. */
  readonly catalogues: Catalogues;
  readonly #options: ProvidersOptions;
  readonly #secrets = new Secrets();
  readonly #http: HttpPort;
  readonly #sockets: SocketAccess;
  readonly #calls: Calls;
  readonly #practice: BuiltInServer;
  readonly #cascades: Cascades;
  readonly #installationId: AsyncLazy<string>;
  readonly #authenticators = new Map<string, Authenticator>();
  #keyEpoch = 0;

  constructor(options: ProvidersOptions) {
    const { home, clock, version } = options;
    const log = this.#secrets.hidingIn(options.log);
    this.#options = { ...options, log };
    this.#installationId = new AsyncLazy(async () => installationId(home));
    this.#http = createNodeHttp({ clock });
    this.#sockets = {
      port: createNodeSockets({ clock }),
      circuitBreaker: new SocketCircuitBreaker(clock),
    };
    this.#calls = new Calls({ http: this.#http, clock, log });
    this.#practice = new BuiltInServer(options.startPractice ?? (async () => startPractice(clock)));
    this.#cascades = new Cascades({
      clock,
      http: this.#http,
      headers: callerHeaders(this.#program),
      endpointOf: (provider) => this.#speechEndpoint(provider),
      textModelOf: async (provider) => this.#voiceTextModel(provider),
      onWarning: (message) => {
        log.warn({}, message);
      },
    });
    this.catalogues = new Catalogues({
      home,
      clock,
      log,
      version,
      http: this.#http,
      endpointOf: (provider) => this.#modelsEndpoint(provider),
    });
  }

  /**
   * Has the disk begin with what every request needs, which is a write and a sync in a new home. The first
   * request would wait for them; if they fail, it tries again and tells.
   */
  prepare(): void {
    this.#installationId.get().catch(() => undefined);
  }

  /** The ways of one thread to its provider; its text client is closed by whoever asked for it. */
  forThread(provider: ResolvedProvider, config: Config, caller: Caller): ThreadProvider {
    const voice = this.#voiceOf(provider, config, caller);
    return {
      text: new TextClient(provider, async () => this.#modelClient(provider, caller)),
      connectVoice: async (target) => openVoiceSocket(voice, target),
      calls: this.#calls.of(voice, limitsOf(provider).requestMaxRetries),
    };
  }

  /** How it stands with the OpenAI sign-in, for the providers that ask for it. */
  async signIn(provider: ResolvedProvider): Promise<SignIn> {
    if (provider.kind === 'practice' || provider.credential.kind !== 'account') return 'notAsked';
    try {
      // A server of the person's own may be content without a key.
      return (await this.#authenticatorOf(provider).hasKey()) ? 'apiKey' : 'notAsked';
    } catch (error) {
      if (error instanceof AuthError && error.code === 'credentialMissing') return 'missing';
      throw error;
    }
  }

  /** Signs in with a key. Throws AuthError: `keyUnusable` for what is none. */
  async storeKey(key: string): Promise<void> {
    await storeApiKey(this.#options.home, key);
    this.#keysChanged();
  }

  /** Signs out. */
  async forgetKey(): Promise<void> {
    await removeStoredAuth(this.#options.home);
    this.#keysChanged();
  }

  /** Nothing more is sent over what was opened with the key of before. */
  #keysChanged(): void {
    this.#keyEpoch += 1;
  }

  /** What can be said to a provider in this language; undefined where that is everything. */
  async phrases(
    provider: ResolvedProvider,
    config: Config,
    language: string | undefined,
  ): Promise<Sayable | undefined> {
    const isCascade = resolveCascade(config, this.#options.env) !== undefined;
    if (provider.kind !== 'practice' || isCascade) return undefined;
    const { practicePhrases } = await import('../practice/index.ts');
    return practicePhrases(language);
  }

  /** What comes of using each end of the configured cascade once; undefined where none is configured. */
  async tryCascade(config: Config): Promise<TriedCascade | undefined> {
    const cascade = resolveCascade(config, this.#options.env);
    return cascade && this.#cascades.try(cascade);
  }

  /** The provider's own voice, or the cascade that is configured in its place. */
  #voiceOf(provider: ResolvedProvider, config: Config, caller: Caller): VoiceProvider {
    const { clock, env } = this.#options;
    const cascade = resolveCascade(config, env);
    if (cascade !== undefined) {
      const server = this.#cascades.of(provider, cascade);
      return {
        caller,
        config: { realtimeWsBaseUrl: undefined, realtimeCallBaseUrl: undefined },
        clock,
        address: async () => this.#kept(await server.address()),
        // Its own key is with its address.
        authenticated: async ({ send }) => send({}),
        secrets: this.#secrets,
      };
    }
    for (const own of [config.realtimeWsBaseUrl, config.realtimeCallBaseUrl]) {
      if (own !== undefined) this.#secrets.addUrl(own);
    }
    return {
      caller,
      config,
      clock,
      address: async () => this.#addressOf(provider),
      authenticated: this.#authenticatorOf(provider).for('realtime'),
      secrets: this.#secrets,
    };
  }

  /** Lets calls be hung up, closes every connection, and leaves nothing half written. */
  async close(): Promise<void> {
    await this.#installationId.made();
    await this.catalogues.close();
    await this.#calls.settled();
    await this.#cascades.close();
    this.#http.close();
    this.#sockets.port.close();
    await this.#practice.close();
  }

  async #modelClient(provider: ResolvedProvider, caller: Caller): Promise<ModelClient> {
    const { clock, log } = this.#options;
    return new ModelClient({
      provider: await this.#textProvider(provider),
      conversationId: caller.threadId,
      installationId: await this.#installationId.get(),
      callerHeaders: callerHeaders(caller),
      clock,
      http: this.#http,
      sockets: this.#sockets,
      log,
    });
  }

  async #textProvider(provider: ResolvedProvider): Promise<ModelProvider> {
    const address = await this.#addressOf(provider);
    const authenticated = this.#authenticatorOf(provider).for('responses');
    const { hideIn: hideSecrets } = this.#secrets;
    const keyEpoch = (): number => this.#keyEpoch;
    return textProvider(provider, address, { authenticated, hideSecrets, keyEpoch });
  }

  /**
   * The text model of a cascade. What it has said has been heard, so an answer that breaks off is not
   * asked for once more; and there is nothing to keep a socket open for.
   */
  async #voiceTextModel(provider: ResolvedProvider): Promise<ModelClient> {
    const { clock, log } = this.#options;
    return new ModelClient({
      provider: {
        ...(await this.#textProvider(provider)),
        supportsWebsockets: false,
        streamMaxRetries: 0,
        headersTimeoutMs: VOICE_PATIENCE_MS,
        streamIdleTimeoutMs: VOICE_PATIENCE_MS,
      },
      conversationId: randomUUID(),
      installationId: await this.#installationId.get(),
      callerHeaders: callerHeaders(this.#program),
      clock,
      http: this.#http,
      log,
    });
  }

  #speechEndpoint(provider: ResolvedProvider): SpeechEndpoint {
    return {
      name: provider.kind === 'practice' ? 'Practice' : provider.name,
      address: async () => this.#addressOf(provider),
      authenticated: this.#authenticatorOf(provider).for('responses'),
      maxRetries: limitsOf(provider).requestMaxRetries,
      hideSecrets: this.#secrets.hideIn,
    };
  }

  /** Where a provider's models are asked for, which is the program's own question. */
  #modelsEndpoint(provider: ResolvedProvider): ModelsEndpoint {
    const address = provider.kind === 'practice' ? NOWHERE : provider;
    this.#secrets.addAddress(address);
    const { baseUrl, headers, queryParams } = address;
    return {
      baseUrl,
      headers: { ...headers, ...callerHeaders(this.#program) },
      queryParams,
      authenticated: this.#authenticatorOf(provider).for('responses'),
    };
  }

  async #addressOf(provider: ResolvedProvider): Promise<Address> {
    return this.#kept(provider.kind === 'practice' ? await this.#practice.address() : provider);
  }

  /** The same address, whose secrets are known from now on. */
  #kept(address: Address): Address {
    this.#secrets.addAddress(address);
    return address;
  }

  /** Who asks where no thread does. */
  get #program(): Omit<Caller, 'threadId'> {
    return { originator: 'parley', userAgent: `parley/${this.#options.version}` };
  }

  /** One for all who use the same key, since it holds what it fetched; other settings make another. */
  #authenticatorOf(provider: ResolvedProvider): Authenticator {
    const { id } = provider;
    const settings =
      provider.kind === 'practice'
        ? [id]
        : [id, provider.name, provider.credential, provider.hasOwnBaseUrl];
    const key = JSON.stringify(settings);
    const known = this.#authenticators.get(key);
    if (known !== undefined) return known;
    const { env, home, clock, log } = this.#options;
    const credentials = createCredentials(provider, {
      env,
      home,
      clock,
      run: this.#options.runCommand ?? runCommand,
      onWarning: (message) => {
        log.warn({}, message);
      },
    });
    const authenticator = new Authenticator({
      credentials,
      secrets: this.#secrets,
      log,
      providerId: id,
    });
    this.#authenticators.set(key, authenticator);
    return authenticator;
  }
}

/** Nobody waits longer for somebody who is talking to them; a model may have to be loaded first. */
const VOICE_PATIENCE_MS = 30_000;

/** The built-in provider's models are known. */
const NOWHERE: Address = { baseUrl: '', headers: {}, queryParams: {} };
