import { type Clock, errorText, type Timer } from '../../core/base/index.ts';
import { type AppServerClient, ConnectionClosedError } from '../../core/protocol/index.ts';
import type { HostBridge } from '../bridge/index.ts';
import type { VoiceMedia } from '../media/index.ts';
import { Announcer } from './announcer.ts';
import { EngineLink, isOfThread, type NetworkEvents, watchNetwork } from './connection/index.ts';
import {
  ConversationStore,
  lastItemOf,
  requestToRepeat,
  runningTurnIds,
  type TurnEntry,
} from './conversation/index.ts';
import { FastMode } from './fast/index.ts';
import type { Frames } from './frames.ts';
import { Approvals, Questions, type QuestionsDeps } from './interactions/index.ts';
import { readRecording } from './recording/index.ts';
import { SayablePhrases } from './sayable.ts';
import { createSettingsStore, type Settings } from './settings.ts';
import { Store } from './store.ts';
import { type Threads, ThreadList } from './threads/index.ts';
import { quietWish, VoiceController } from './voice/index.ts';
import { Notices } from './notices.ts';
import { Warnings } from './warnings.ts';

export type AssistantDeps = {
  readonly bridge: HostBridge;
  readonly clock: Clock;
  /** Makes an id that nothing else has, of at most 32 letters and digits. */
  readonly makeId: () => string;
  /** When the page makes its pictures: the conversation changes on it once for each. */
  readonly frames: Frames;
  readonly storage: Pick<Storage, 'getItem' | 'setItem'>;
  readonly createMedia: () => VoiceMedia;
  /** The browser's language, as a tag. */
  readonly language: string;
  /** Where the browser says that the network is back. */
  readonly networkEvents: NetworkEvents;
};

const NEW_ENGINE = 'Parley’s engine had stopped and was started again.';

/** How long an open microphone waits for a lost engine. */
const PATIENCE_MS = 30_000;

/** Everything the page can do, and the stores it shows. One per page. */
export class Assistant {
  readonly link: EngineLink;
  readonly settings: Store<Settings>;
  readonly threads: Store<Threads>;
  readonly conversation: ConversationStore;
  /** How often the user has sent something here; the view brings it into sight. */
  readonly sent = new Store(0);
  readonly warnings = new Warnings();
  readonly notices = new Notices();
  readonly announcer = new Announcer();
  readonly voice: VoiceController;
  readonly fast: FastMode;
  readonly sayable: SayablePhrases;
  readonly questions = new Questions(this.#asking());
  readonly approvals = new Approvals(this.#asking());
  readonly #makeId: () => string;
  readonly #threadList: ThreadList;
  /** Turns that are just being asked again: pressing twice is asking once. */
  readonly #repeating = new Set<string>();
  #patience: Timer | undefined;

  constructor(deps: AssistantDeps) {
    this.#makeId = deps.makeId;
    this.conversation = new ConversationStore(deps.clock, deps.frames);
    this.settings = createSettingsStore(deps.storage);
    this.link = new EngineLink(deps.bridge, deps.clock);
    this.sayable = new SayablePhrases({
      client: (what) => this.#client(what),
      language: deps.language,
    });
    this.fast = new FastMode({
      client: (what) => this.#client(what),
      report: (message) => {
        this.conversation.note(message);
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
        this.warnings.add(message);
      },
      onRead: (entries) => {
        const turns = entries.flatMap((entry) => ('turn' in entry ? [entry.turn] : []));
        this.questions.restore(turns);
        this.approvals.restore(turns);
      },
      onOpened: (opened) => {
        this.fast.opened(opened);
        if (opened !== undefined) this.warnings.forgetFault();
      },
    });
    this.threads = this.#threadList.threads;
    const openThread = (): string | undefined => this.#threadList.currentId;
    this.warnings.follow(this.link);
    this.notices.follow(this.link);
    this.#threadList.follow(this.link);
    this.questions.follow(this.link);
    this.approvals.follow(this.link);
    this.fast.follow(this.link);
    this.conversation.follow(this.link, openThread);
    this.sayable.follow(this.link, openThread);
    this.voice = new VoiceController({
      client: () => this.link.client,
      ensureThread: () => this.#threadList.ensure(),
      settings: this.settings,
      createMedia: deps.createMedia,
      language: deps.language,
      clock: deps.clock,
      watchNetwork: (onChange) => watchNetwork(deps.networkEvents, deps.clock, onChange),
      events: this.link.events,
      openThread,
      report: (message, hint) => this.conversation.note(message, hint),
      announce: (text) => {
        this.announcer.say(text);
      },
    });
    this.link.events.on('notification', (notice) => {
      if (!isOfThread(notice, openThread())) return;
      this.announcer.notice(notice, (lineId) => this.voice.playback.hasSound(lineId));
      if (notice.method !== 'thread/realtime/transcript/done') return;
      // What is dictated is meant for no ear here.
      if (this.voice.facts.getSnapshot().isDictation) return;
      const quiet = notice.params.role === 'user' ? quietWish(notice.params.text) : undefined;
      if (quiet !== undefined) this.setQuiet(quiet);
    });
    this.link.on('lost', () => {
      this.voice.connectionLost();
      this.#patience?.cancel();
      this.#patience = deps.clock.after(PATIENCE_MS, () => {
        this.voice.giveUp();
      });
    });
    this.link.on('ready', ({ again, isNewEngine }) => {
      this.#patience?.cancel();
      void this.#welcomeBack(again, isNewEngine);
    });
  }

  /** Sends typed words: into the voice conversation when one runs, else as a turn of the text model. */
  async send(text: string): Promise<void> {
    const threadId = await this.#threadList.ensure();
    const client = this.#client('sending');
    this.#threadList.nameBy(threadId, text);
    this.sent.update((times) => times + 1);
    if (this.voice.isConversing) {
      await this.#say(client, threadId, text);
    } else {
      await this.#startTurn(client, threadId, text);
    }
  }

  /** Asks once more for what a turn was asked and did not come to; does nothing where there is no need. */
  async askAgain(turn: TurnEntry): Promise<void> {
    const input = requestToRepeat(this.conversation.getSnapshot(), turn);
    const threadId = this.#threadList.currentId;
    if (input === undefined || threadId === undefined || this.#repeating.has(turn.id)) return;
    this.#repeating.add(turn.id);
    this.sent.update((times) => times + 1);
    try {
      await this.#client('asking again').request('turn/start', {
        threadId,
        input: [...input],
        followUp: this.settings.getSnapshot().followUp,
        ...(turn.delegation !== undefined && { delegation: turn.delegation }),
      });
    } catch (error) {
      this.conversation.note(`Could not ask again: ${errorText(error)}`);
    } finally {
      this.#repeating.delete(turn.id);
    }
  }

  /** Has the model go on from a summary of what was said so far; what was said stays readable. */
  async compact(): Promise<void> {
    const threadId = this.#threadList.currentId;
    if (threadId === undefined) {
      this.conversation.note('There is nothing to summarise yet.');
      return;
    }
    try {
      await this.#client('summarising').request('thread/compact/start', { threadId });
    } catch (error) {
      this.conversation.note(`Could not summarise: ${errorText(error)}`);
    }
  }

  async #startTurn(client: AppServerClient, threadId: string, text: string): Promise<void> {
    await client.request('turn/start', {
      threadId,
      input: [{ type: 'text', text, text_elements: [] }],
      followUp: this.settings.getSnapshot().followUp,
    });
  }

  async #say(client: AppServerClient, threadId: string, text: string): Promise<void> {
    // Who types while Parley speaks has moved on: the new answer must not queue behind the old one.
    await this.voice.silence();
    const id = this.#makeId();
    // Before the request, because the engine's own word on the line may overtake the answer to it.
    this.conversation.addTyped(id, text);
    try {
      if (!(await this.voice.takesWords())) {
        this.conversation.removeTyped(id);
        await this.#startTurn(client, threadId, text);
        return;
      }
      await client.request('thread/realtime/appendText', {
        threadId,
        text,
        respond: true,
        clientItemId: id,
      });
    } catch (error) {
      this.conversation.removeTyped(id);
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
      this.conversation.note(
        `Could not stop it: ${errorText(error)}`,
        'It may have ended by itself.',
      );
    }
  }

  /** Esc and the Stop button: first the voice, then a typed turn. Never the session. */
  stop(): void {
    if (this.voice.interrupt()) return;
    const running = runningTurnIds(this.conversation.getSnapshot());
    const latest = running.at(-1);
    if (latest !== undefined && !this.voice.isConversing) void this.stopTurn(latest);
  }

  /** How voice answers, from now on and in a session that runs. */
  chooseVoice(
    choices: Partial<Pick<Settings, 'output' | 'quiet' | 'interruption' | 'followUp'>>,
  ): void {
    this.settings.update((settings) => ({ ...settings, ...choices }));
  }

  /** Parley falls silent at once and stays so until it is taken back, also over sessions; or speaks again. */
  setQuiet(quiet: boolean): void {
    this.chooseVoice({ quiet });
    if (quiet) this.voice.interrupt();
    this.announcer.say(quiet ? 'Quiet: Parley answers in writing.' : 'Parley speaks again.');
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

  #asking(): QuestionsDeps {
    return {
      lastItemOf: (turnId) => lastItemOf(this.conversation.getSnapshot(), turnId),
      announce: (text) => {
        this.announcer.say(text);
      },
    };
  }

  async #welcomeBack(again: boolean, isNewEngine: boolean): Promise<void> {
    const wasWorking = runningTurnIds(this.conversation.getSnapshot()).length > 0;
    void this.#threadList.load();
    void this.#threadList.noticePractice();
    void this.fast.load();
    const { lastThreadId } = this.settings.getSnapshot();
    const threadId = this.#threadList.currentId ?? lastThreadId;
    if (threadId !== null) await this.#threadList.visit(threadId, again);
    this.questions.forgetLost();
    this.approvals.forgetLost();
    if (isNewEngine) this.#tellOfNewEngine(wasWorking);
    if (again) {
      this.announcer.say(isNewEngine ? NEW_ENGINE : 'The connection is back.');
      await this.voice.resume();
    }
  }

  /** Only a conversation has something that could have been cut off. */
  #tellOfNewEngine(wasWorking: boolean): void {
    if (this.#threadList.currentId === undefined) return;
    this.conversation.note(
      NEW_ENGINE,
      wasWorking ? 'What it was working on is marked as interrupted; ask for it again.' : undefined,
    );
  }

  #client(what: string): AppServerClient {
    const { client } = this.link;
    if (client === undefined) throw new ConnectionClosedError(what);
    return client;
  }
}
