import { type Clock, errorText, type Timer } from '../../core/base/index.ts';
import {
  type AppServerClient,
  ConnectionClosedError,
  isOneOf,
  type ServerNotification,
} from '../../core/protocol/index.ts';
import type { HostBridge } from '../bridge/index.ts';
import type { VoiceMedia } from '../media/index.ts';
import { Announcer } from './announcer.ts';
import { EngineLink, type NetworkEvents, watchNetwork } from './connection/index.ts';
import {
  addNote,
  addTypedLine,
  applyNotification,
  type Conversation,
  emptyConversation,
  lastItemOf,
  removeTypedLine,
  runningTurnIds,
} from './conversation/index.ts';
import { FastMode } from './fast/index.ts';
import type { Frames } from './frames.ts';
import { Questions } from './interactions/index.ts';
import { readRecording } from './recording/index.ts';
import { createSettingsStore, type Settings } from './settings.ts';
import { Store } from './store.ts';
import { type Threads, ThreadList } from './threads/index.ts';
import { isVoiceOn, VoiceController } from './voice/index.ts';

export type AssistantDeps = {
  readonly bridge: HostBridge;
  readonly clock: Clock;
  /** Makes an id that nothing else has, of at most 32 letters and digits. */
  readonly makeId: () => string;
  /** When the page makes its pictures: the conversation changes on it once for each. */
  readonly frames: Frames;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly createMedia: () => VoiceMedia;
  /** Where the browser says that the network is back. */
  readonly networkEvents: NetworkEvents;
};

/** What has more to it than being announced. */
const REACTED_TO = [
  'warning',
  'error',
  'thread/realtime/error',
  'thread/realtime/warning',
  'thread/realtime/transcript/done',
  'thread/realtime/started',
] as const;

/** How long an open microphone waits for a lost engine. */
const PATIENCE_MS = 30_000;

/** Everything the page can do, and the stores it shows. One per page. */
export class Assistant {
  readonly link: EngineLink;
  readonly settings: Store<Settings>;
  readonly threads: Store<Threads>;
  readonly conversation: Store<Conversation>;
  /** How often the user has sent something here; the view brings it into sight. */
  readonly sent = new Store(0);
  /** What the engine said about its configuration; stays until dismissed. */
  readonly warnings = new Store<readonly string[]>([]);
  readonly announcer = new Announcer();
  readonly voice: VoiceController;
  readonly fast: FastMode;
  readonly questions = new Questions({
    lastItemOf: (turnId) => lastItemOf(this.conversation.getSnapshot(), turnId),
    announce: (text) => {
      this.announcer.say(text);
    },
  });
  readonly #clock: Clock;
  readonly #makeId: () => string;
  readonly #threadList: ThreadList;
  #keys = 0;
  #relinking = false;
  #patience: Timer | undefined;

  constructor(deps: AssistantDeps) {
    this.#clock = deps.clock;
    this.#makeId = deps.makeId;
    this.conversation = new Store(emptyConversation, deps.frames);
    this.settings = createSettingsStore(deps.storage);
    this.link = new EngineLink(deps.bridge, deps.clock);
    this.fast = new FastMode({
      client: (what) => this.#client(what),
      report: (message) => {
        this.#note(message);
      },
      announce: (text) => {
        this.announcer.say(text);
      },
    });
    this.#threadList = new ThreadList({
      client: (what) => this.#client(what),
      settings: this.settings,
      conversation: this.conversation,
      warn: (message) => {
        this.#warn(message);
      },
      onOpened: (opened) => {
        this.fast.opened(opened);
      },
    });
    this.threads = this.#threadList.threads;
    this.voice = new VoiceController({
      client: () => this.link.client,
      ensureThread: () => this.#threadList.ensure(),
      settings: this.settings,
      createMedia: deps.createMedia,
      clock: deps.clock,
      watchNetwork: (onChange) => watchNetwork(deps.networkEvents, deps.clock, onChange),
      report: (message, hint) => {
        this.#note(message, hint);
      },
      announce: (text) => {
        this.announcer.say(text);
      },
    });
    this.voice.state.subscribe(() => {
      this.#announceRelink();
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
      if (this.link.client !== undefined) this.questions.serve(this.link.client);
      void this.#welcomeBack(again);
    });
  }

  /** Sends typed words: into the voice conversation when one runs, else as a turn of the text model. */
  async send(text: string): Promise<void> {
    const threadId = await this.#threadList.ensure();
    const client = this.#client('sending');
    this.#threadList.nameBy(threadId, text);
    this.sent.update((times) => times + 1);
    if (isVoiceOn(this.voice.state.getSnapshot())) {
      await this.#say(client, threadId, text);
    } else {
      await startTurn(client, threadId, text);
    }
  }

  async #say(client: AppServerClient, threadId: string, text: string): Promise<void> {
    // Who types while Parley speaks has moved on: the new answer must not queue behind the old one.
    await this.voice.silence();
    const id = this.#makeId();
    // Before the request, because the engine's own word on the line may overtake the answer to it.
    this.#change((conversation) => addTypedLine(conversation, id, text, this.#clock.nowMs()));
    try {
      if (!(await this.voice.takesWords())) {
        this.#change((conversation) => removeTypedLine(conversation, id));
        await startTurn(client, threadId, text);
        return;
      }
      await client.request('thread/realtime/appendText', {
        threadId,
        text,
        respond: true,
        clientItemId: id,
      });
    } catch (error) {
      this.#change((conversation) => removeTypedLine(conversation, id));
      throw error;
    }
  }

  /** Reads a kept recording of the open conversation; rejects when it cannot be had. */
  async readRecording(recordingId: string): Promise<Blob> {
    const threadId = await this.#threadList.ensure();
    return readRecording(this.#client('reading the recording'), threadId, recordingId);
  }

  /** Stops one turn of the text model. */
  async stopTurn(turnId: string): Promise<void> {
    const threadId = this.#threadList.currentId;
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

  /** How voice answers, from now on and in a session that runs. */
  chooseVoice(choices: Partial<Pick<Settings, 'output' | 'quiet' | 'interruption'>>): void {
    this.settings.update((settings) => ({ ...settings, ...choices }));
  }

  /** Leaves the open conversation; the next message or voice start begins a new one. */
  async newConversation(): Promise<void> {
    await this.voice.end();
    this.#threadList.leave();
  }

  async openThread(threadId: string): Promise<void> {
    if (threadId === this.#threadList.currentId) return;
    await this.voice.end();
    await this.#threadList.visit(threadId);
  }

  dismissWarning(message: string): void {
    this.warnings.update((warnings) => warnings.filter((known) => known !== message));
  }

  async #welcomeBack(again: boolean): Promise<void> {
    void this.#threadList.load();
    void this.#threadList.noticePractice();
    void this.fast.load();
    const { lastThreadId } = this.settings.getSnapshot();
    const threadId = this.#threadList.currentId ?? lastThreadId;
    if (threadId !== null) await this.#threadList.visit(threadId, again);
    this.questions.forgetLost();
    if (again) {
      this.announcer.say('The connection is back.');
      await this.voice.resume();
    }
  }

  #receive(notice: ServerNotification): void {
    if (notice.method === 'configWarning') {
      const { summary, details } = notice.params;
      this.#warn(details === null ? summary : `${summary} ${details}`);
      return;
    }
    // Limits of an account belong to no conversation.
    if (notice.method === 'account/rateLimits/updated') return;
    if (notice.method === 'thread/started') {
      this.#threadList.add(notice.params.thread);
      return;
    }
    this.questions.notice(notice);
    this.fast.notice(notice);
    const { currentId } = this.#threadList;
    if (notice.params.threadId !== currentId) {
      if (notice.method === 'warning' && notice.params.threadId === null)
        this.#warn(notice.params.message);
      return;
    }
    this.#change((conversation) => applyNotification(conversation, notice, this.#clock.nowMs()));
    if (notice.method.startsWith('thread/realtime/'))
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test above is this very type
      if (this.voice.notify(notice as Parameters<VoiceController['notify']>[0])) return;
    this.#react(notice);
  }

  /** What a notification means beside the conversation's own lines. */
  #react(notice: ServerNotification): void {
    if (!isOneOf(notice, REACTED_TO)) {
      this.#announce(notice);
      return;
    }
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
      case 'thread/realtime/warning':
        if (this.#note(notice.params.message)) this.announcer.say(notice.params.message);
        return;
      case 'thread/realtime/error':
        // What ends the session is shown where the voice is started again.
        if (notice.params.fatal !== false || this.#note(notice.params.message))
          this.announcer.say(notice.params.message);
        return;
      case 'thread/realtime/transcript/done':
        if (notice.params.role === 'user')
          this.#threadList.nameBy(notice.params.threadId, notice.params.text);
        this.#announce(notice);
        return;
      case 'thread/realtime/started': {
        const { modelProvider, model } = notice.params;
        this.#threadList.answeredBy(modelProvider ?? undefined, model ?? undefined);
      }
    }
  }

  /** Says once that the voice is getting a new connection, and once that it has it. */
  #announceRelink(): void {
    const state = this.voice.state.getSnapshot();
    const relink = state.phase === 'live' ? state.relink : undefined;
    if ((relink !== undefined) === this.#relinking) return;
    this.#relinking = relink !== undefined;
    if (relink !== undefined)
      this.announcer.say(`Reconnecting: ${relink.cause ?? 'the connection was lost'}`);
    else if (state.phase === 'live') this.announcer.say('Connected again.');
  }

  #announce(notice: ServerNotification): void {
    this.announcer.notice(notice, (lineId) => this.voice.playback.hasSound(lineId));
  }

  #client(what: string): AppServerClient {
    const { client } = this.link;
    if (client === undefined) throw new ConnectionClosedError(what);
    return client;
  }

  #change(reduce: (conversation: Conversation) => Conversation): void {
    this.conversation.update(reduce);
  }

  /** False when the same has been said already. */
  #note(text: string, hint?: string): boolean {
    const before = this.conversation.getSnapshot();
    this.#change((conversation) => addNote(conversation, this.#nextKey(), text, hint));
    return this.conversation.getSnapshot() !== before;
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

async function startTurn(client: AppServerClient, threadId: string, text: string): Promise<void> {
  await client.request('turn/start', {
    threadId,
    input: [{ type: 'text', text, text_elements: [] }],
  });
}
