import { type Clock, errorText, type Timer } from '../../core/base/index.ts';
import {
  type AppServerClient,
  ConnectionClosedError,
  type ServerNotification,
  type ThreadStartResponse,
} from '../../core/protocol/index.ts';
import type { HostBridge } from '../bridge/index.ts';
import type { VoiceMedia } from '../media/index.ts';
import { Announcer } from './announcer.ts';
import {
  addNote,
  addTypedLine,
  applyNotification,
  fromTimeline,
  removeTypedLine,
} from './conversation.ts';
import { EngineLink } from './engineLink.ts';
import { offersPractice, resumeThread } from './history.ts';
import { type Conversation, emptyConversation } from './lines.ts';
import { createSettingsStore, type Settings } from './settings.ts';
import { Store } from './store.ts';
import { nameByFirstWords, noThreads, type Threads, toRow, withRow } from './threads.ts';
import { isVoiceOn } from './voice.ts';
import { VoiceController } from './voiceController.ts';
import { runningTurnIds } from './work.ts';

export type AssistantDeps = {
  readonly bridge: HostBridge;
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly createMedia: () => VoiceMedia;
};

/** How long an open microphone waits for a lost engine. */
const PATIENCE_MS = 30_000;

/** Everything the page can do, and the stores it shows. One per page. */
export class Assistant {
  readonly link: EngineLink;
  readonly settings: Store<Settings>;
  readonly threads = new Store<Threads>(noThreads);
  readonly conversation = new Store<Conversation>(emptyConversation);
  /** What the engine said about its configuration; stays until dismissed. */
  readonly warnings = new Store<readonly string[]>([]);
  readonly announcer = new Announcer();
  readonly voice: VoiceController;
  readonly #clock: Clock;
  #keys = 0;
  /** Changes whenever another thread is opened, so that late answers can tell. */
  #visit = 0;
  #starting: Promise<string> | undefined;
  #patience: Timer | undefined;

  constructor(deps: AssistantDeps) {
    this.#clock = deps.clock;
    this.settings = createSettingsStore(deps.storage);
    this.link = new EngineLink(deps.bridge, deps.clock);
    this.voice = new VoiceController({
      client: () => this.link.client,
      ensureThread: () => this.#ensureThread(),
      settings: this.settings,
      createMedia: deps.createMedia,
    });
    this.link.on('notification', (notice) => {
      this.#receive(notice);
    });
    this.link.on('lost', () => {
      this.voice.connectionLost();
      this.#patience?.cancel();
      this.#patience = this.#clock.after(PATIENCE_MS, () => {
        this.voice.giveUp();
      });
    });
    this.link.on('ready', ({ again }) => {
      this.#patience?.cancel();
      void this.#welcomeBack(again);
    });
  }

  /** Sends typed words: into the voice conversation when one runs, else as a turn of the text model. */
  async send(text: string): Promise<void> {
    const threadId = await this.#ensureThread();
    const client = this.#client('sending');
    this.#nameBy(threadId, text);
    if (this.voice.state.getSnapshot().phase === 'live') {
      await this.#say(client, threadId, text);
      return;
    }
    await client.request('turn/start', {
      threadId,
      input: [{ type: 'text', text, text_elements: [] }],
    });
  }

  async #say(client: AppServerClient, threadId: string, text: string): Promise<void> {
    // Who types while Parley speaks has moved on: the new answer must not queue behind the old one.
    await this.voice.silence();
    const key = this.#nextKey();
    // Before the request, because the engine's own word on the line may overtake the answer to it.
    this.#change((conversation) => addTypedLine(conversation, key, text, this.#clock.nowMs()));
    try {
      await client.request('thread/realtime/appendText', { threadId, text, respond: true });
    } catch (error) {
      this.#change((conversation) => removeTypedLine(conversation, key));
      throw error;
    }
  }

  /** Stops one turn of the text model. */
  async stopTurn(turnId: string): Promise<void> {
    const threadId = this.threads.getSnapshot().currentId;
    if (threadId === undefined) return;
    try {
      await this.#client('stopping').request('turn/interrupt', { threadId, turnId });
    } catch (error) {
      this.#note(`Could not stop it: ${errorText(error)}`, 'It may have ended by itself.');
    }
  }

  /** Esc and the Stop button: first the voice, then a typed turn. Never the session. */
  stop(): void {
    if (this.voice.interrupt()) return;
    const running = runningTurnIds(this.conversation.getSnapshot());
    const latest = running.at(-1);
    if (latest !== undefined && !isVoiceOn(this.voice.state.getSnapshot()))
      void this.stopTurn(latest);
  }

  setOutput(output: Settings['output']): void {
    this.settings.update((settings) => ({ ...settings, output }));
    const threadId = this.threads.getSnapshot().currentId;
    const { client } = this.link;
    if (client === undefined || threadId === undefined) return;
    if (this.voice.state.getSnapshot().phase !== 'live') return;
    if (output === 'text') this.voice.interrupt();
    client
      .request('thread/realtime/update', { threadId, outputModality: output })
      .catch((error: unknown) => {
        this.#note(`Could not switch: ${errorText(error)}`, 'It will hold from the next start.');
      });
  }

  /** Leaves the open conversation; the next message or voice start begins a new one. */
  async newConversation(): Promise<void> {
    await this.voice.end();
    this.#visit += 1;
    this.#starting = undefined;
    this.threads.update((threads) => ({ ...threads, currentId: undefined, loading: false }));
    this.settings.update((settings) => ({ ...settings, lastThreadId: null }));
    this.conversation.update(() => emptyConversation);
  }

  async openThread(threadId: string): Promise<void> {
    if (threadId === this.threads.getSnapshot().currentId) return;
    await this.voice.end();
    await this.#visitThread(threadId);
  }

  dismissWarning(message: string): void {
    this.warnings.update((warnings) => warnings.filter((known) => known !== message));
  }

  async #welcomeBack(again: boolean): Promise<void> {
    void this.#loadThreads();
    void this.#noticePractice();
    const { lastThreadId } = this.settings.getSnapshot();
    const threadId = this.threads.getSnapshot().currentId ?? lastThreadId;
    if (threadId !== null) await this.#visitThread(threadId, again);
    if (again) {
      this.announcer.say('The connection is back.');
      await this.voice.resume();
    }
  }

  async #loadThreads(): Promise<void> {
    try {
      const { data } = await this.#client('listing').request('thread/list', {
        limit: 100,
        sortKey: 'recency_at',
      });
      this.threads.update((threads) => {
        const listed = data.map(toRow);
        const rest = threads.rows.filter((row) => listed.every((known) => known.id !== row.id));
        return { ...threads, rows: [...rest, ...listed] };
      });
    } catch (error) {
      this.#warn(`The list of conversations could not be read: ${errorText(error)}`);
    }
  }

  /** Before the first thread names its provider, the model on offer tells that this is practice. */
  async #noticePractice(): Promise<void> {
    try {
      if (!(await offersPractice(this.#client('listing models')))) return;
      this.threads.update((threads) => ({ ...threads, provider: threads.provider ?? 'practice' }));
    } catch {
      // Only a sign less: the first thread says it again.
    }
  }

  async #visitThread(threadId: string, keepShown = false): Promise<void> {
    this.#visit += 1;
    const visit = this.#visit;
    this.threads.update((threads) => ({ ...threads, currentId: threadId, loading: !keepShown }));
    if (!keepShown) this.conversation.update(() => emptyConversation);
    try {
      const { opened, timeline } = await resumeThread(this.#client('opening'), threadId);
      if (visit !== this.#visit) return;
      this.conversation.update(({ tokens }) => ({ ...fromTimeline(timeline), tokens }));
      this.#opened(opened);
    } catch (error) {
      if (visit !== this.#visit || error instanceof ConnectionClosedError) return;
      await this.newConversation();
      this.#warn(`That conversation could not be opened: ${errorText(error)}`);
    }
  }

  /** The open thread, or a new one; callers that come at the same time share it. */
  async #ensureThread(): Promise<string> {
    const { currentId } = this.threads.getSnapshot();
    if (currentId !== undefined) return currentId;
    this.#starting ??= this.#startThread();
    try {
      return await this.#starting;
    } finally {
      this.#starting = undefined;
    }
  }

  async #startThread(): Promise<string> {
    const visit = this.#visit;
    const opened = await this.#client('starting').request('thread/start', {});
    if (visit === this.#visit) this.#opened(opened);
    return opened.thread.id;
  }

  #opened(opened: ThreadStartResponse): void {
    const { thread, model, modelProvider } = opened;
    this.threads.update((threads) => ({
      ...withRow(threads, toRow(thread)),
      currentId: thread.id,
      loading: false,
      provider: modelProvider,
      model,
    }));
    this.settings.update((settings) => ({ ...settings, lastThreadId: thread.id }));
  }

  #receive(notice: ServerNotification): void {
    if (notice.method === 'configWarning') {
      const { summary, details } = notice.params;
      this.#warn(details === null ? summary : `${summary} ${details}`);
      return;
    }
    if (notice.method === 'thread/started') {
      this.threads.update((threads) => withRow(threads, toRow(notice.params.thread)));
      return;
    }
    const { currentId } = this.threads.getSnapshot();
    if (notice.params.threadId !== currentId) {
      if (notice.method === 'warning' && notice.params.threadId === null)
        this.#warn(notice.params.message);
      return;
    }
    this.#change((conversation) => applyNotification(conversation, notice, this.#clock.nowMs()));
    if (notice.method.startsWith('thread/realtime/'))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test above is this very type
      this.voice.notify(notice as Parameters<VoiceController['notify']>[0]);
    this.#react(notice);
  }

  /** What a notification means beside the conversation's own lines. */
  #react(notice: ServerNotification): void {
    switch (notice.method) {
      case 'warning':
        this.#note(notice.params.message);
        return;
      case 'error': {
        const { error, turnId, willRetry } = notice.params;
        const { entries } = this.conversation.getSnapshot();
        const shown = entries.some((entry) => entry.kind === 'turn' && entry.id === turnId);
        if (!shown && !willRetry) this.#note(error.message);
        return;
      }
      case 'thread/realtime/error':
        // What ends the session is shown where the voice is started again.
        if (notice.params.fatal === false) this.#note(notice.params.message);
        this.announcer.say(notice.params.message);
        return;
      case 'thread/realtime/transcript/done':
        if (notice.params.role === 'user') this.#nameBy(notice.params.threadId, notice.params.text);
        this.#announce(notice);
        return;
      case 'thread/realtime/started': {
        const { modelProvider, model } = notice.params;
        this.threads.update((threads) => ({
          ...threads,
          provider: modelProvider ?? threads.provider,
          model: model ?? threads.model,
        }));
        return;
      }
      default:
        this.#announce(notice);
    }
  }

  #announce(notice: ServerNotification): void {
    this.announcer.notice(notice, this.settings.getSnapshot().output === 'audio');
  }

  #nameBy(threadId: string, text: string): void {
    this.threads.update((threads) => nameByFirstWords(threads, threadId, text));
  }

  #client(what: string): AppServerClient {
    const { client } = this.link;
    if (client === undefined) throw new ConnectionClosedError(what);
    return client;
  }

  #change(reduce: (conversation: Conversation) => Conversation): void {
    this.conversation.update(reduce);
  }

  #note(text: string, hint?: string): void {
    this.#change((conversation) => addNote(conversation, this.#nextKey(), 'trouble', text, hint));
  }

  #warn(message: string): void {
    this.warnings.update((warnings) =>
      warnings.includes(message) ? warnings : [...warnings, message],
    );
  }

  #nextKey(): number {
    this.#keys += 1;
    return this.#keys;
  }
}
