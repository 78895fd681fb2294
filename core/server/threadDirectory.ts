import type { Clock, NewId } from '../base/index.ts';
import type { Logger } from '../platform/index.ts';
import { DEFAULT_REALTIME_MODEL, PRACTICE_REALTIME_MODEL } from '../models/index.ts';
import type { Thread, ThreadStartResponse } from '../protocol/index.ts';
import type { WholeRecording } from '../recordings/index.ts';
import { invalidRequest } from '../rpc/index.ts';
import { SessionTelemetry } from '../telemetry/index.ts';
import {
  ConversationLog,
  latestSettings,
  LiveThread,
  modelRequestOf,
  readRecords,
  threadSourceOf,
  type ThreadRecord,
} from '../threads/index.ts';
import type { OpenedThread, Journal, ThreadMeta, ThreadRow, ThreadStore } from '../store/index.ts';
import { createStandardTools } from '../tools/index.ts';
import { VoiceConversation } from '../voice/index.ts';
import type { Hub } from './hub.ts';
import { IdleThreads } from './idleThreads.ts';
import type { ProviderAccess } from './providerAccess.ts';
import type { ServerRequests } from './serverRequests.ts';
import { ThreadClient } from './threadClient.ts';
import { resumedSettings, type ThreadOpening } from './threadOpening.ts';

export type ThreadDirectoryOptions = {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  readonly hub: Hub;
  readonly requests: ServerRequests;
  readonly store: ThreadStore;
  readonly providers: ProviderAccess;
  readonly userName: string | undefined;
  readonly version: string;
  /** How long a thread that nobody listens to and that does nothing stays in memory. */
  readonly unloadDelayMs: number;
};

/** A thread in memory, with its voice and the file it writes to (none when ephemeral). */
export type LoadedThread = {
  readonly thread: LiveThread;
  readonly voice: VoiceConversation;
  readonly meta: ThreadMeta;
  readonly journal: Journal | undefined;
  readonly client: ThreadClient;
};

/** What of a voice session its telemetry keeps. */
const VOICE_MILESTONES: ReadonlySet<string> = new Set([
  'thread/realtime/started',
  'thread/realtime/closed',
]);

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** What a thread that may not be in memory can be asked: how it is shown, and what happened in it. */
export type ReadableThread = {
  readonly thread: Thread;
  readonly conversation: Pick<LiveThread, 'turns' | 'timeline' | 'realtimeSessionAt'>;
};

/** All threads: those in memory, and those on disk behind the store. */
export class ThreadDirectory {
  readonly #options: ThreadDirectoryOptions;
  readonly #loaded = new Map<string, LoadedThread>();
  readonly #idle: IdleThreads;

  constructor(options: ThreadDirectoryOptions) {
    this.#options = options;
    this.#idle = new IdleThreads({
      clock: options.clock,
      delayMs: options.unloadDelayMs,
      isIdle: (threadId) => this.#isIdle(threadId),
      unload: (threadId) => {
        this.#unload(threadId);
      },
    });
    options.hub.onDeserted = (threadId) => {
      this.#idle.watch(threadId);
    };
  }

  get loadedIds(): readonly string[] {
    return Array.from(this.#loaded.keys());
  }

  find(threadId: string): LoadedThread | undefined {
    return this.#loaded.get(threadId);
  }

  /** The loaded thread of that id; refuses in the protocol's words (app-server §3). */
  require(threadId: string): LoadedThread {
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) throw invalidRequest(`thread not found: ${threadId}`);
    return loaded;
  }

  create(opening: ThreadOpening, ephemeral: boolean, threadSource: string | null): LoadedThread {
    const { clock, newId, store } = this.#options;
    const meta: ThreadMeta = {
      id: newId(),
      createdAtMs: clock.nowMs(),
      cwd: opening.settings.cwd,
      model: opening.settings.model,
      modelProvider: opening.settings.modelProvider,
      originator: opening.originator,
      source: 'vscode',
      threadSource,
    };
    return this.#load(meta, opening, ephemeral ? undefined : store.create(meta));
  }

  /** Loads a thread from its file; undefined when there is none of that id. */
  async resume(threadId: string, opening: ThreadOpening): Promise<LoadedThread | undefined> {
    const stored = await this.#options.store.open(threadId);
    // Somebody else may have loaded it while the file was being read.
    const loaded = this.#loaded.get(threadId);
    if (loaded !== undefined) {
      await stored?.journal.close();
      return loaded;
    }
    if (stored === undefined) return undefined;
    const records = readRecords(stored.records);
    const settings = resumedSettings(opening, stored.meta, latestSettings(records));
    return this.#load(stored.meta, { ...opening, settings }, stored.journal, {
      records,
      updatedAtMs: stored.updatedAtMs,
    });
  }

  /** A thread to look at: as it is in memory, else as its file tells it; nothing gets loaded. */
  async read(threadId: string): Promise<ReadableThread | undefined> {
    const loaded = this.#loaded.get(threadId);
    if (loaded !== undefined) {
      return { thread: this.describe(loaded), conversation: loaded.thread };
    }
    const stored = await this.#options.store.open(threadId);
    if (stored === undefined) return undefined;
    const { journal, records, ...shown } = stored;
    const { path } = journal;
    await journal.close();
    const known = readRecords(records);
    const conversation = new ConversationLog();
    for (const record of known) conversation.apply(record);
    const thread = this.#describeStored({ ...shown, path });
    const { model = thread.model, reasoningEffort = null } = latestSettings(known) ?? {};
    return { thread: { ...thread, model, reasoningEffort }, conversation };
  }

  #isIdle(threadId: string): boolean {
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) return true;
    const isBusy = loaded.voice.isRunning || loaded.thread.status.type === 'active';
    return !isBusy && !this.#options.hub.hasSubscribers(threadId);
  }

  #unload(threadId: string): void {
    const { hub, log } = this.#options;
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) return;
    this.#loaded.delete(threadId);
    void loaded.client.close();
    loaded.journal?.close().catch((error: unknown) => {
      log.error({ cause: String(error) }, 'A thread could not be closed');
    });
    hub.tell(threadId, 'thread/status/changed', { threadId, status: { type: 'notLoaded' } });
    hub.tell(threadId, 'thread/closed', { threadId });
  }

  /** A recording of a thread's conversation is whole, and from now on a part of the thread. */
  keepRecording({ threadId, recordingId, ...facts }: WholeRecording): void {
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) return;
    const realtimeSessionId = loaded.voice.lastSessionId ?? threadId;
    const item = { id: recordingId, realtimeSessionId, type: 'recording' as const, ...facts };
    loaded.thread.addRealtimeItem(item);
    const { hub } = this.#options;
    hub.tell(threadId, 'thread/realtime/item/started', { threadId, item });
    hub.tell(threadId, 'thread/realtime/item/completed', { threadId, item });
  }

  async close(): Promise<void> {
    this.#idle.close();
    const loaded = Array.from(this.#loaded.values());
    this.#loaded.clear();
    for (const { thread, voice, client } of loaded) {
      if (voice.isRunning) voice.stop();
      thread.stop();
      void client.close();
    }
    await Promise.all(loaded.map(async ({ journal }) => journal?.close()));
  }

  /** The thread as clients see it, without its turns. */
  describe({ thread, meta, journal }: LoadedThread): Thread {
    return {
      ...this.#describe(meta),
      preview: thread.preview,
      ephemeral: journal === undefined,
      model: thread.settings.model,
      reasoningEffort: thread.settings.reasoningEffort,
      updatedAt: seconds(thread.updatedAtMs),
      recencyAt: seconds(thread.updatedAtMs),
      status: thread.status,
      path: journal?.path ?? null,
    };
  }

  /** A thread that only its row is known of. */
  describeRow(row: ThreadRow): Thread {
    const loaded = this.#loaded.get(row.id);
    const thread = this.#describeStored({ ...row, meta: row });
    return loaded === undefined ? thread : { ...thread, status: loaded.thread.status };
  }

  #describeStored(
    stored: Omit<OpenedThread, 'journal' | 'records'> & { readonly path: string },
  ): Thread {
    const { meta, updatedAtMs, preview, name, path } = stored;
    return {
      ...this.#describe(meta),
      preview,
      name,
      path,
      updatedAt: seconds(updatedAtMs),
      recencyAt: seconds(updatedAtMs),
    };
  }

  #describe(meta: ThreadMeta): Thread {
    return {
      id: meta.id,
      sessionId: meta.id,
      forkedFromId: null,
      parentThreadId: null,
      projectId: null,
      preview: '',
      ephemeral: false,
      modelProvider: meta.modelProvider,
      model: meta.model,
      reasoningEffort: null,
      createdAt: seconds(meta.createdAtMs),
      updatedAt: seconds(meta.createdAtMs),
      recencyAt: seconds(meta.createdAtMs),
      status: { type: 'notLoaded' },
      path: null,
      cwd: meta.cwd,
      cliVersion: this.#options.version,
      originator: meta.originator,
      source: meta.source,
      threadSource: meta.threadSource,
      gitInfo: null,
      name: null,
      canAcceptDirectInput: true,
      historyMode: 'legacy',
      turns: [],
    };
  }

  /** What a client learns when it starts or resumes a thread. */
  opened(loaded: LoadedThread, withTurns: boolean): ThreadStartResponse {
    const { settings } = loaded.thread;
    const thread = this.describe(loaded);
    return {
      thread: withTurns ? { ...thread, turns: [...loaded.thread.turns()] } : thread,
      model: settings.model,
      modelProvider: settings.modelProvider,
      serviceTier: settings.serviceTier,
      cwd: settings.cwd,
      runtimeWorkspaceRoots: [settings.cwd],
      instructionSources: [],
      approvalPolicy: 'on-request',
      approvalsReviewer: 'user',
      sandbox: { type: 'readOnly', networkAccess: false },
      activePermissionProfile: { id: ':read-only', extends: null },
      reasoningEffort: settings.reasoningEffort,
    };
  }

  #load(
    meta: ThreadMeta,
    opening: ThreadOpening,
    journal: Journal | undefined,
    earlier: { readonly records: readonly ThreadRecord[]; readonly updatedAtMs?: number } = {
      records: [],
    },
  ): LoadedThread {
    const { clock, newId, log, hub, requests, providers, userName } = this.#options;
    const { config, provider, catalogue } = opening;
    const threadSource = threadSourceOf(meta.source, meta.threadSource);
    const settings = { ...opening.settings, threadSource };
    const caller = {
      threadId: meta.id,
      originator: opening.originator,
      userAgent: opening.userAgent,
    };
    const client = new ThreadClient(providers, provider, caller);
    const tools = createStandardTools();
    const telemetry = new SessionTelemetry({
      source: {
        threadId: meta.id,
        appVersion: this.#options.version,
        model: settings.model,
        originator: opening.originator,
      },
      clock,
      log,
    });
    const notify: LiveThreadNotify = (method, params) => {
      hub.tell(meta.id, method, params);
      if (VOICE_MILESTONES.has(method)) telemetry.event(method);
    };
    const thread = new LiveThread({
      id: meta.id,
      settings,
      ...earlier,
      ports: {
        clock,
        newId,
        notify,
        requestClients: (method, params, options) =>
          requests.open(meta.id, method, params, options),
        sampler: client.sampler,
        tools,
        onModelsEtag: (etag) => {
          catalogue.noticeEtag(etag);
        },
        telemetry,
        store: (record) => journal?.append(record),
      },
      onPreview: (preview) => journal?.setPreview(preview),
      onListenerError: (error) => {
        log.error({ cause: String(error) }, 'A listener of a thread failed');
      },
    });
    const isPractice = provider.kind === 'practice';
    const voice = new VoiceConversation({
      thread,
      settings: {
        model:
          config.realtimeWsModel ?? (isPractice ? PRACTICE_REALTIME_MODEL : DEFAULT_REALTIME_MODEL),
        voice: config.realtime.voice,
        prompt: config.realtimeWsBackendPrompt,
        startupContext: config.realtimeWsStartupContext,
        startInstructions: config.realtimeStartInstructions,
        userName,
      },
      clock,
      newId,
      notify,
      connect: async (target) => providers.realtimeWire(provider, config, caller, target),
      calls: providers.calls(provider, config, caller),
    });
    void client.connectAhead(modelRequestOf(settings, {}, [], tools.specs));
    const loaded = { thread, voice, meta, journal, client };
    this.#loaded.set(meta.id, loaded);
    this.#idle.watch(meta.id);
    return loaded;
  }
}

type LiveThreadNotify = ConstructorParameters<typeof LiveThread>[0]['ports']['notify'];
