import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

import { AsyncLazy, errorText } from '../base/index.ts';
import { Commands } from '../commands/index.ts';
import { ConfigStore, readRequirements } from '../config/index.ts';
import { initializeResponse, providerUserAgent } from '../initialize/index.ts';
import type { PermissionsMachine } from '../permissions/index.ts';
import { createFileLogger, newUuid, systemClock } from '../platform/index.ts';
import type { InitializeParams, Transport } from '../protocol/index.ts';
import { Providers } from '../providers/index.ts';
import { Recordings } from '../recordings/index.ts';
import { openThreadStore } from '../store/index.ts';
import { type ConfigState, noticesOf, readConfigState } from './configState.ts';
import { Connection } from './connection.ts';
import type { EngineOptions } from './engineOptions.ts';
import { createHandlers, type Handlers } from './handlers/index.ts';
import { keepRecording, ThreadFactory, ThreadRegistry } from './threads/index.ts';
import { checkUsable, forbiddenSettings, resolveConfig, systemFolderOf } from './resolvedConfig.ts';
import { RunningSearches } from './runningSearches.ts';
import { ServerRequests } from './serverRequests.ts';
import type { Services } from './services.ts';
import { Subscriptions } from './subscriptions.ts';

const DEFAULT_UNLOAD_DELAY_MS = 30 * 60 * 1000;

/** What a host knows of a client that it lets in. */
export type Admission = {
  /** Set when the host has answered this client's `initialize` already (app-server §2): we must not. */
  readonly initialize?: InitializeParams;
  /** False for a client of which nothing is known, not even that it is this user's. */
  readonly isOwner?: boolean;
  /** The folder that its relative paths are meant from; the engine's own unless told. */
  readonly cwd?: string;
};

/** A running engine, as its hosts see it. */
export interface Engine {
  /** Serves one more client. */
  connect(transport: Transport, admission?: Admission): void;
  /** How the settings were found at the start; they are read again whenever they are needed. */
  readonly config: ConfigState;
  /** Ends every connection, voice session and running turn; closing twice does nothing. */
  close(): Promise<void>;
}

/**
 * Starts an engine. With a settings file that cannot be used it runs and tells every client so, and starts
 * no thread until the file is mended; throws a `ProductError` with one clear sentence for what cannot be
 * mended while it runs, such as an override of the command line.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { home, env, configOverrides, version } = options;
  const clock = options.clock ?? systemClock;
  const newId = newUuid;
  const config = await readConfigState(options);

  const log = createFileLogger({ home, clock, level: env['PARLEY_LOG'] });
  const subscriptions = new Subscriptions();
  const requests = new ServerRequests(subscriptions);
  const store = openThreadStore(home, {
    clock,
    log,
    onWarning: (threadId, message) => {
      subscriptions.tell(threadId, 'warning', { threadId, message });
    },
  });
  const providers = new Providers({ home, env, clock, log, version });
  providers.prepare();
  const sandbox = new AsyncLazy(async () => {
    const { createSandbox } = await import('../sandbox/index.ts');
    return createSandbox({ platform: process.platform, home });
  });
  const factory = new ThreadFactory({
    clock,
    newId,
    log,
    subscriptions,
    requests,
    store,
    providers,
    userName: firstName(),
    version,
    machine: machineOf(options),
    env,
    sandbox: async () => sandbox.get(),
    rules: async () => {
      const { readRules } = await import('../commandRules/index.ts');
      return readRules((await resolveConfig(options)).config.commandRules).rules;
    },
  });
  const threads = new ThreadRegistry({
    clock,
    log,
    subscriptions,
    factory,
    store,
    unloadDelayMs: config.threadUnloadDelayMs ?? DEFAULT_UNLOAD_DELAY_MS,
  });
  const recordings = new Recordings(join(home, 'recordings'), (recording) => {
    keepRecording(recording, threads);
  });
  const commands = new Commands({ clock });
  const searches = new RunningSearches();
  subscriptions.onGone = (listener) => {
    commands.leave(listener);
    searches.leave(listener);
    void recordings.leave(listener);
  };
  const toggles: Services['toggles'] = new Map();
  const services: Services = {
    options,
    threads,
    recordings,
    commands,
    searches,
    store,
    subscriptions,
    requests,
    newId,
    clock,
    providers,
    configStore: new ConfigStore({
      home,
      systemFolder: systemFolderOf(options),
      overrides: configOverrides,
      check: async (written) => checkUsable(written, options),
      forbidden: (written) => forbiddenSettings(written, options),
    }),
    toggles,
    readRequirements: async () => readRequirements(systemFolderOf(options)),
    resolveConfig: async (requestConfig) => {
      const resolved = await resolveConfig(options, requestConfig);
      for (const [name, value] of toggles) resolved.features.set(name, value);
      return resolved;
    },
  };
  const handlers = createHandlers(services);
  return new RunningEngine({ services, handlers, log, config });
}

type Parts = {
  readonly services: Services;
  readonly handlers: Handlers;
  readonly log: ReturnType<typeof createFileLogger>;
  readonly config: ConfigState;
};

class RunningEngine implements Engine {
  readonly config: ConfigState;
  readonly #parts: Parts;
  readonly #connections = new Set<Connection>();
  #closing: Promise<void> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.config = parts.config;
  }

  connect(transport: Transport, { initialize, isOwner = true, cwd }: Admission = {}): void {
    const { services, handlers, log } = this.#parts;
    const { home, env, version } = services.options;
    const connection = new Connection({
      transport,
      isOwner,
      cwd: cwd ?? services.options.cwd,
      subscriptions: services.subscriptions,
      handlers,
      clock: services.clock,
      log,
      greet: (params) => initializeResponse(params.clientInfo, { version, home, env }),
      userAgentOf: ({ clientInfo }) => providerUserAgent(clientInfo, version, env),
      onGreeted: (greeted) => {
        void this.#tellConfig(greeted);
      },
      onAnswer: (answering, id, answer) => {
        services.requests.take(answering, id, answer);
      },
      onThreadRequest: (threadId, asking) => {
        if (services.threads.find(threadId) === undefined) return;
        services.subscriptions.noteClient(threadId, asking);
      },
      onClosed: (closed) => {
        this.#connections.delete(closed);
      },
    });
    this.#connections.add(connection);
    if (initialize !== undefined) connection.resume(initialize);
  }

  /** The file may have been mended, or broken, since the start. */
  async #tellConfig(client: Connection): Promise<void> {
    const { services, log } = this.#parts;
    try {
      for (const notice of noticesOf(await readConfigState(services.options))) {
        client.notify('configWarning', notice);
      }
    } catch (error) {
      log.error({ cause: errorText(error) }, 'The settings could not be looked at');
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { services, log } = this.#parts;
    await services.commands.close();
    await services.recordings.close();
    await services.threads.close();
    for (const connection of Array.from(this.#connections)) connection.close();
    await services.store.close();
    await services.providers.close();
    await log.flush();
  }
}

/** What of this machine permissions depend on. */
function machineOf({ home, env }: EngineOptions): PermissionsMachine {
  const tmpdir = env['TMPDIR'] ?? '';
  return { home, hasSlashTmp: existsSync('/tmp'), ...(tmpdir !== '' && { tmpdir }) };
}

/** What the voice may call the user: the login name, for want of a better one; no one is called root. */
function firstName(): string | undefined {
  try {
    const { username } = userInfo();
    return username === 'root' || username === '' ? undefined : username;
  } catch {
    return undefined;
  }
}
