import { type Clock, KeyedQueue } from '../../base/index.ts';
import type { Logger } from '../../platform/index.ts';
import { invalidRequest } from '../../rpc/index.ts';
import type { ThreadStore } from '../../store/index.ts';
import type { ForkCut } from '../../threads/index.ts';
import { IdleThreads } from './idleThreads.ts';
import type { Subscriptions } from '../subscriptions.ts';
import type { ThreadConfig } from './threadConfig.ts';
import type { LoadedThread, ThreadFactory, ThreadStart } from './threadFactory.ts';

export type ThreadRegistryOptions = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly subscriptions: Subscriptions;
  readonly factory: ThreadFactory;
  readonly store: Pick<ThreadStore, 'unsaved'>;
  /** How long a thread that nobody listens to and that does nothing stays in memory. */
  readonly unloadDelayMs: number;
};

/** The threads in memory: which there are, and when one goes. */
export class ThreadRegistry {
  readonly #options: ThreadRegistryOptions;
  readonly #loaded = new Map<string, LoadedThread>();
  /** Threads that are being read from their files, taken out, or changed where they lie; who asks meanwhile waits. */
  readonly #moving = new KeyedQueue();
  readonly #idle: IdleThreads;

  constructor(options: ThreadRegistryOptions) {
    this.#options = options;
    this.#idle = new IdleThreads({
      clock: options.clock,
      delayMs: options.unloadDelayMs,
      isIdle: (threadId) => this.#isIdle(threadId),
      unload: (threadId) => {
        this.#unload(threadId);
      },
    });
    options.subscriptions.onDeserted = (threadId) => {
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

  create(config: ThreadConfig, start: ThreadStart): LoadedThread {
    return this.#add(this.#options.factory.create(config, start));
  }

  /**
   * A new thread that begins with what another one holds, loaded or not; undefined when there is no file of
   * that id. Throws the protocol's refusal for a cut that cannot be made.
   */
  async fork(
    threadId: string,
    cut: ForkCut,
    config: ThreadConfig,
    start: ThreadStart,
  ): Promise<LoadedThread | undefined> {
    const { lastTurnId } = cut;
    const source = this.#loaded.get(threadId)?.thread.conversation;
    if (lastTurnId !== undefined && source?.isRunning(lastTurnId) === true) {
      throw invalidRequest(`turn is in progress: ${lastTurnId}`);
    }
    const loaded = await this.#options.factory.fork(threadId, cut, config, start);
    return loaded === undefined ? undefined : this.#add(loaded);
  }

  /** Loads a thread from its file; undefined when there is none of that id. */
  async resume(threadId: string, config: ThreadConfig): Promise<LoadedThread | undefined> {
    return this.whileStill(
      threadId,
      async (loaded) => loaded ?? (await this.#resume(threadId, config)),
    );
  }

  /** Does `work` while nothing else loads a thread, takes it out or changes its file; `loaded` where it is in memory. */
  async whileStill<Value>(
    threadId: string,
    work: (loaded: LoadedThread | undefined) => Promise<Value>,
  ): Promise<Value> {
    return this.#moving.run(threadId, async () => work(this.#loaded.get(threadId)));
  }

  /** Ends what runs in a thread, takes it out of memory, where it is there, and does `work` before anybody gets it back. */
  async takeOut<Value>(threadId: string, work: () => Promise<Value>): Promise<Value> {
    return this.whileStill(threadId, async (loaded) => {
      if (loaded !== undefined) await this.#takeOut(loaded);
      return work();
    });
  }

  async close(): Promise<void> {
    this.#idle.close();
    const loaded = Array.from(this.#loaded.values());
    this.#loaded.clear();
    for (const { thread, voice, text } of loaded) {
      if (voice.isRunning) voice.stop();
      thread.stop();
      void text.close();
    }
    await Promise.all(loaded.map(async ({ tools }) => tools.close()));
    await Promise.all(loaded.map(async ({ journal }) => journal?.close()));
  }

  async #resume(threadId: string, config: ThreadConfig): Promise<LoadedThread | undefined> {
    const loaded = await this.#options.factory.resume(threadId, config);
    return loaded === undefined ? undefined : this.#add(loaded);
  }

  async #takeOut({ thread, voice, text, tools, journal }: LoadedThread): Promise<void> {
    // From here on nobody finds it, and nothing new begins in it.
    this.#loaded.delete(thread.id);
    if (voice.isRunning) voice.stop();
    await thread.end();
    thread.stop();
    void text.close();
    await tools.close();
    await journal?.close();
    const status = { type: 'notLoaded' } as const;
    thread.tell('thread/status/changed', { threadId: thread.id, status });
    this.#options.subscriptions.dismiss(thread.id);
  }

  #add(loaded: LoadedThread): LoadedThread {
    this.#loaded.set(loaded.meta.id, loaded);
    this.#idle.watch(loaded.meta.id);
    return loaded;
  }

  #isIdle(threadId: string): boolean {
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) return true;
    const { subscriptions, store } = this.#options;
    const isBusy = loaded.voice.isRunning || loaded.thread.status.type === 'active';
    if (isBusy || subscriptions.hasSubscribers(threadId)) return false;
    // What its file lacks would be lost with it; the disk may take it before the next look.
    if (store.unsaved(threadId) !== undefined) void loaded.journal?.flush();
    return store.unsaved(threadId) === undefined;
  }

  #unload(threadId: string): void {
    const { log } = this.#options;
    const loaded = this.#loaded.get(threadId);
    if (loaded === undefined) return;
    this.#loaded.delete(threadId);
    // What a decider still thinks about outside of any turn ends here, refused.
    loaded.thread.stop();
    void loaded.text.close();
    void loaded.tools.close();
    loaded.journal?.close().catch((error: unknown) => {
      log.error({ cause: String(error) }, 'A thread could not be closed');
    });
    const status = { type: 'notLoaded' } as const;
    loaded.thread.tell('thread/status/changed', { threadId, status });
    loaded.thread.tell('thread/closed', { threadId });
  }
}
