import { errorText } from '../../../core/base/index.ts';
import {
  type AppServerClient,
  ConnectionClosedError,
  type NotificationParamsOf,
  type ThreadStartResponse,
} from '../../../core/protocol/index.ts';
import type { EngineLink } from '../connection/index.ts';
import {
  addOlder,
  type Conversation,
  emptyConversation,
  fromTimeline,
} from '../conversation/index.ts';
import type { Settings } from '../settings.ts';
import { Store } from '../store.ts';
import { type HistoryPage, offersPractice, readBackwards } from './history.ts';
import {
  nameByFirstWords,
  noThreads,
  renamed,
  type Threads,
  toRow,
  withoutRow,
  withRow,
} from './threads.ts';

/** How the engine begins the refusal of a thread for which it has no usable settings (app-server §2). */
const MISCONFIGURED = 'failed to load configuration: ';

/** Undefined where the engine's settings cannot be used, of which it has told already. */
async function resumeUnlessMisconfigured(
  engine: AppServerClient,
  threadId: string,
): Promise<ThreadStartResponse | undefined> {
  try {
    return await engine.request('thread/resume', { threadId, excludeTurns: true });
  } catch (error) {
    if (errorText(error).startsWith(MISCONFIGURED)) return undefined;
    throw error;
  }
}

export type ThreadListDeps = {
  /** The engine; throws `ConnectionClosedError`, naming what it was wanted for, while it is away. */
  readonly client: (what: string) => AppServerClient;
  readonly settings: Store<Settings>;
  /** Where the open thread's entries are shown. */
  readonly conversation: Store<Conversation>;
  readonly warn: (message: string) => void;
  /** Told of each piece of a history that is read, before it is shown. */
  readonly onRead: (entries: HistoryPage['entries']) => void;
  /** Told what an opened thread runs with; undefined when none is open any more. */
  readonly onOpened: (opened: ThreadStartResponse | undefined) => void;
};

/** The conversations there are, and which of them is open. */
export class ThreadList {
  readonly threads = new Store<Threads>(noThreads);
  readonly #deps: ThreadListDeps;
  /** Changes whenever another thread is opened, so that late answers can tell. */
  #visit = 0;
  #starting: Promise<string> | undefined;
  /** The open thread as long as it is only read, because the engine cannot run it with its settings. */
  #onlyRead: string | undefined;

  constructor(deps: ThreadListDeps) {
    this.#deps = deps;
  }

  get currentId(): string | undefined {
    return this.threads.getSnapshot().currentId;
  }

  /** Reads the list; a failure is a warning, not a rejection. */
  async load(): Promise<void> {
    try {
      const { data } = await this.#deps.client('listing').request('thread/list', {
        limit: 100,
        sortKey: 'recency_at',
      });
      this.threads.update((threads) => {
        const listed = data.map(toRow);
        const rest = threads.rows.filter((row) => listed.every((known) => known.id !== row.id));
        return { ...threads, rows: [...rest, ...listed] };
      });
    } catch (error) {
      this.#deps.warn(`The list of conversations could not be read: ${errorText(error)}`);
    }
  }

  /** Before the first thread names its provider, the model on offer tells that this is practice. */
  async noticePractice(): Promise<void> {
    try {
      if (!(await offersPractice(this.#deps.client('listing models')))) return;
      this.threads.update((threads) => ({ ...threads, provider: threads.provider ?? 'practice' }));
    } catch {
      // Only a sign less: the first thread says it again.
    }
  }

  /** The open thread, or a new one; callers that come at the same time share it. */
  async ensure(): Promise<string> {
    const { currentId } = this;
    if (currentId !== undefined && currentId !== this.#onlyRead) return currentId;
    const starting =
      this.#starting ?? (currentId === undefined ? this.#start() : this.#resume(currentId));
    this.#starting = starting;
    try {
      return await starting;
    } finally {
      // Another may be starting by now, where this one was left.
      if (this.#starting === starting) this.#starting = undefined;
    }
  }

  /**
   * Opens a thread; with `keepShown` what is on the screen stays until its newest entries are there.
   * Resolves when they are shown; older ones come after them, a page at a time.
   */
  async visit(threadId: string, keepShown = false): Promise<void> {
    const { client, conversation, onRead, warn } = this.#deps;
    this.#visit += 1;
    const visit = this.#visit;
    this.#onlyRead = undefined;
    this.threads.update((threads) => ({ ...threads, currentId: threadId, loading: !keepShown }));
    if (!keepShown) conversation.update(() => emptyConversation);
    try {
      const engine = client('opening');
      const opened = await resumeUnlessMisconfigured(engine, threadId);
      const pages = readBackwards(engine, threadId);
      const newest = await pages.next();
      if (visit !== this.#visit) return;
      const { entries = [], queued = [] } = newest.value ?? {};
      onRead(entries);
      conversation.update(({ tokens }) => ({ ...fromTimeline(entries, queued), tokens }));
      if (opened === undefined) this.#read(threadId);
      else this.#opened(opened);
      void this.#addOlder(pages, visit);
    } catch (error) {
      if (visit !== this.#visit || error instanceof ConnectionClosedError) return;
      this.leave();
      warn(`That conversation could not be opened: ${errorText(error)}`);
    }
  }

  async #addOlder(pages: AsyncIterable<HistoryPage>, visit: number): Promise<void> {
    const { conversation, onRead, warn } = this.#deps;
    try {
      for await (const page of pages) {
        if (visit !== this.#visit) return;
        onRead(page.entries);
        conversation.update((shown) => addOlder(shown, page.entries));
      }
    } catch (error) {
      // A lost engine reads it all again when it is back.
      if (visit !== this.#visit || error instanceof ConnectionClosedError) return;
      warn(`The beginning of that conversation could not be read: ${errorText(error)}`);
    }
  }

  /** Nothing is open any more; the next message or voice start begins a new thread. */
  leave(): void {
    this.#visit += 1;
    this.#onlyRead = undefined;
    this.#starting = undefined;
    this.#deps.onOpened(undefined);
    this.threads.update((threads) => ({ ...threads, currentId: undefined, loading: false }));
    this.#deps.settings.update((settings) => ({ ...settings, lastThreadId: null }));
    this.#deps.conversation.update(() => emptyConversation);
  }

  /** Knows what the engine tells of threads, whoever started them. */
  follow(link: EngineLink): void {
    link.events.on('thread/started', ({ thread }) => {
      this.threads.update((threads) => withRow(threads, toRow(thread)));
    });
    link.events.on('thread/name/updated', ({ threadId, threadName }) => {
      if (threadName === undefined) return;
      this.threads.update((threads) => renamed(threads, threadId, threadName));
    });
    link.events.on('thread/archived', ({ threadId }) => {
      this.#gone(threadId);
    });
    link.events.on('thread/deleted', ({ threadId }) => {
      this.#gone(threadId);
    });
    link.events.on('thread/unarchived', () => {
      void this.load();
    });
    link.events.on('thread/realtime/started', (started) => {
      if (started.threadId === this.currentId) this.#answeredBy(started);
    });
    link.events.on('thread/realtime/transcript/done', ({ threadId, role, text }) => {
      if (threadId === this.currentId && role === 'user') this.nameBy(threadId, text);
    });
  }

  /** An unnamed conversation is called by its first words. */
  nameBy(threadId: string, text: string): void {
    this.threads.update((threads) => nameByFirstWords(threads, threadId, text));
  }

  /** Nothing can be said in it any more: the next words begin a new one. */
  #gone(threadId: string): void {
    this.threads.update((threads) => withoutRow(threads, threadId));
    if (threadId === this.currentId) this.leave();
  }

  /** Who really answers, where the voice session says so. */
  #answeredBy({ modelProvider, model }: NotificationParamsOf<'thread/realtime/started'>): void {
    this.threads.update((threads) => ({
      ...threads,
      provider: modelProvider ?? threads.provider,
      model: model ?? threads.model,
    }));
  }

  async #start(): Promise<string> {
    const visit = this.#visit;
    const opened = await this.#deps.client('starting').request('thread/start', {});
    if (visit === this.#visit) this.#opened(opened);
    return opened.thread.id;
  }

  /** Once more, when something is to be said in it; rejects as long as the settings cannot be used. */
  async #resume(threadId: string): Promise<string> {
    const visit = this.#visit;
    const opened = await this.#deps.client('opening').request('thread/resume', {
      threadId,
      excludeTurns: true,
    });
    if (visit === this.#visit) this.#opened(opened);
    return threadId;
  }

  #read(threadId: string): void {
    this.#onlyRead = threadId;
    this.threads.update((threads) => ({ ...threads, loading: false }));
  }

  #opened(opened: ThreadStartResponse): void {
    const { thread, model, modelProvider } = opened;
    this.#onlyRead = undefined;
    this.#deps.onOpened(opened);
    this.threads.update((threads) => ({
      ...withRow(threads, toRow(thread)),
      currentId: thread.id,
      loading: false,
      provider: modelProvider,
      model,
    }));
    this.#deps.settings.update((settings) => ({ ...settings, lastThreadId: thread.id }));
  }
}
