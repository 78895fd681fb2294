import type { NewId } from '../../base/index.ts';
import { retirementWords, voiceModels } from '../../models/index.ts';
import { SessionGrants } from '../../permissions/index.ts';
import type { Logger } from '../../platform/index.ts';
import type { Providers, TextClient, ThreadProvider } from '../../providers/index.ts';
import { SessionTelemetry } from '../../telemetry/index.ts';
import {
  type AnyRecord,
  type ForkCut,
  forkOf,
  latestSettings,
  LiveThread,
  modelRequestOf,
  type ThreadSettings,
  threadSourceOf,
  traceOf,
} from '../../threads/index.ts';
import type { Journal, ThreadMeta, ThreadStore } from '../../store/index.ts';
import type { ToolRegistry } from '../../tools/index.ts';
import { configuredVoices, VoiceConversation } from '../../voice/index.ts';
import type { ServerRequests } from '../serverRequests.ts';
import type { Subscriptions } from '../subscriptions.ts';
import { placeOf, resumedSettings, type ThreadConfig } from './threadConfig.ts';
import { threadTools, type ThreadToolsPorts } from './threadTools.ts';

export type ThreadFactoryOptions = ThreadToolsPorts & {
  readonly newId: NewId;
  readonly log: Logger;
  readonly subscriptions: Subscriptions;
  readonly requests: ServerRequests;
  readonly store: ThreadStore;
  readonly providers: Providers;
  readonly userName: string | undefined;
  readonly version: string;
};

/** Long enough for whoever is in another room, and short enough that nothing is left open over night. */
const APPROVAL_TIMEOUT_MS = 10 * 60 * 1000;

/** A thread in memory, with its voice and the file it writes to (none when ephemeral). */
export type LoadedThread = {
  readonly thread: LiveThread;
  readonly voice: VoiceConversation;
  readonly meta: ThreadMeta;
  readonly journal: Journal | undefined;
  readonly text: TextClient;
  readonly tools: ToolRegistry;
  readonly requestConfig: ThreadConfig['requestConfig'];
};

/** How a new thread comes about. */
export type ThreadStart = {
  readonly ephemeral: boolean;
  readonly threadSource: string | null;
  readonly sessionStartSource?: 'clear' | null;
  /** Tools that the client runs for it. */
  readonly dynamicTools?: readonly unknown[] | undefined;
};

/** What an earlier run left of a thread. */
type Earlier = {
  readonly records: readonly AnyRecord[];
  readonly updatedAtMs?: number;
  /** Where it was left. */
  readonly leftAt?: Pick<ThreadSettings, 'environments'>;
};

/** Puts threads together: the conversation, its voice, its way to the provider and its file. */
export class ThreadFactory {
  readonly #options: ThreadFactoryOptions;

  constructor(options: ThreadFactoryOptions) {
    this.#options = options;
  }

  create(config: ThreadConfig, start: ThreadStart): LoadedThread {
    const meta = this.#newMeta(config, start);
    const journal = start.ephemeral ? undefined : this.#options.store.create(meta);
    return this.#assemble(meta, config, journal, { records: [] });
  }

  /**
   * A thread with a file of its own that begins with what another one holds, on the disk when this resolves;
   * undefined when there is no file of that id.
   */
  async fork(
    threadId: string,
    cut: ForkCut,
    config: ThreadConfig,
    start: ThreadStart,
  ): Promise<LoadedThread | undefined> {
    const { store, newId } = this.#options;
    const source = await store.read(threadId);
    if (source === undefined) return undefined;
    const { kept, ending, preview } = forkOf(source.records, cut, newId);
    const taken = kept.flatMap((index) => source.records[index] ?? []);
    const records = [...taken, ...ending];
    const lastSettings = latestSettings(records);
    const settings = resumedSettings(config, source.meta, lastSettings);
    const leftAt = placeOf(source.meta, lastSettings);
    const forked = { ...config, settings };
    const fresh = this.#newMeta(forked, { ...start, dynamicTools: source.meta.dynamicTools });
    const meta = { ...fresh, forkedFromId: threadId };
    const journal = start.ephemeral ? undefined : store.create(meta);
    if (journal !== undefined) {
      journal.setPreview(preview);
      // As they stand in the source's file, so that what this version cannot read goes along.
      for (const record of taken) void journal.append(record.read());
      for (const record of ending) void journal.append(record);
      await journal.flush();
    }
    return this.#assemble(meta, forked, journal, { records, leftAt });
  }

  /** From the thread's file; undefined when there is none of that id. */
  async resume(threadId: string, config: ThreadConfig): Promise<LoadedThread | undefined> {
    const stored = await this.#options.store.open(threadId);
    if (stored === undefined) return undefined;
    const { meta, journal, updatedAtMs, records } = stored;
    const kept = latestSettings(records);
    const settings = resumedSettings(config, meta, kept);
    const earlier = { records, updatedAtMs, leftAt: placeOf(meta, kept) };
    return this.#assemble(meta, { ...config, settings }, journal, earlier);
  }

  #newMeta({ settings, originator }: ThreadConfig, start: ThreadStart): ThreadMeta {
    const { clock, newId } = this.#options;
    return {
      id: newId(),
      createdAtMs: clock.nowMs(),
      cwd: settings.cwd,
      model: settings.model,
      modelProvider: settings.modelProvider,
      originator,
      source: 'vscode',
      threadSource: start.threadSource,
      ...(start.sessionStartSource === 'clear' && { sessionStartSource: 'clear' }),
      ...((start.dynamicTools?.length ?? 0) > 0 && { dynamicTools: start.dynamicTools }),
    };
  }

  #assemble(
    meta: ThreadMeta,
    config: ThreadConfig,
    journal: Journal | undefined,
    earlier: Earlier,
  ): LoadedThread {
    const { clock, newId, log, subscriptions, requests, providers, machine } = this.#options;
    const { provider, catalogue, originator, userAgent } = config;
    const threadSource = threadSourceOf(meta.source, meta.threadSource);
    const settings = { ...config.settings, threadSource };
    const caller = { threadId: meta.id, originator, userAgent };
    const ways = providers.forThread(provider, config.config, caller);
    const tools = threadTools(meta, config.config, ways.text, this.#options);
    const telemetry = this.#telemetry(meta, settings.model, originator);
    const thread = new LiveThread({
      id: meta.id,
      settings,
      ...earlier,
      ports: {
        clock,
        newId,
        notify: subscriptions.tellerOf(meta.id),
        unreadBytes: () => subscriptions.unreadBytesOf(meta.id),
        clients: requests.deskOf(meta.id),
        responders: [],
        sampler: ways.text.sampler,
        tools,
        machine,
        grants: new SessionGrants(),
        approvalTimeoutMs: config.config.approvalTimeoutMs ?? APPROVAL_TIMEOUT_MS,
        onModelsEtag: (etag) => {
          catalogue.noticeEtag(etag);
        },
        telemetry,
        journal,
      },
      name: journal?.name ?? null,
      onPreview: (preview) => journal?.setPreview(preview),
      onName: (name) => journal?.setName(name),
      onListenerError: (error) => {
        log.error({ cause: String(error) }, 'A listener of a thread failed');
      },
    });
    const voice = this.#voice(thread, config, ways, telemetry);
    const request = modelRequestOf(settings, {}, [], tools.listFor(settings).specs);
    void ways.text.prepare(request, traceOf(config.trace));
    const { requestConfig } = config;
    return { thread, voice, meta, journal, text: ways.text, tools, requestConfig };
  }

  #telemetry(meta: ThreadMeta, model: string, originator: string): SessionTelemetry {
    const { clock, log, version } = this.#options;
    const source = { threadId: meta.id, appVersion: version, model, originator };
    return new SessionTelemetry({ source, clock, log });
  }

  #voice(
    thread: LiveThread,
    { config, provider, catalogue }: ThreadConfig,
    { connectVoice, calls }: ThreadProvider,
    telemetry: SessionTelemetry,
  ): VoiceConversation {
    const { clock, newId, userName } = this.#options;
    const defaults = voiceModels(provider.kind);
    const isCascade = config.realtime.provider === 'cascade';
    const { transcriptionModel, cascade } = config.realtime;
    // The ears of a cascade are its own, whatever another provider is asked for.
    const ears = isCascade ? cascade.speechToText.model : transcriptionModel;
    return new VoiceConversation({
      thread,
      settings: {
        // In a cascade the thread's own model talks, and that can be changed.
        get model() {
          return config.realtimeWsModel ?? (isCascade ? thread.settings.model : defaults.realtime);
        },
        transcriptionModel: ears ?? defaults.transcription,
        language: config.realtime.language,
        hearsPhrases: provider.kind === 'practice' && !isCascade,
        version: config.realtime.version,
        type: config.realtime.type,
        voice: config.realtime.voice,
        voices: configuredVoices(provider.kind, config.realtime),
        speed: config.realtime.speed,
        prompt: config.realtimeWsBackendPrompt,
        startupContext: config.realtimeWsStartupContext,
        startInstructions: config.realtimeStartInstructions,
        modelAdvice: (model, use) => {
          const retirement = catalogue.retirement(model);
          return retirement && retirementWords(retirement, use, clock.nowMs());
        },
        userName,
      },
      clock,
      newId,
      telemetry,
      connect: connectVoice,
      calls,
    });
  }
}
