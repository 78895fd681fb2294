import { Emitter } from '../base/index.ts';
import { Interactions } from '../interactions/index.ts';
import { messageText, type ResponseItem, textMessage } from '../model/index.ts';
import type { FollowUp, RealtimeTimelineItem, ThreadStatus, Turn } from '../protocol/index.ts';
import { invalidRequest } from '../rpc/index.ts';
import { undoFileChanges } from '../tools/index.ts';
import { CurrentSettings } from './currentSettings.ts';
import { describeSettings } from './describeSettings.ts';
import { changedFiles } from './fileHistory.ts';
import {
  type AnyRecord,
  type Conversation,
  injectedItems,
  type NewRecord,
  readableBy,
} from './history/index.ts';
import { Outbox } from './outbox.ts';
import {
  type Notify,
  type SettingChanges,
  type ThreadPorts,
  type ThreadSettings,
} from './ports.ts';
import { ReaderPace } from './readerPace.ts';
import { ThreadName } from './naming/index.ts';
import { compaction, regularTurn, type StartTask, type TurnInput } from './tasks/index.ts';
import { ThreadMemory } from './threadMemory.ts';
import { ThreadNotes } from './threadNotes.ts';
import { TurnQueue } from './turnQueue.ts';
import { TurnRun } from './turnRun.ts';

type ThreadEvents = {
  /** A finished message of the text model, whatever turn it belongs to. */
  readonly agentMessage: { readonly turnId: string; readonly text: string };
  readonly turnEnded: { readonly turn: Turn };
};

export type LiveThreadOptions = {
  readonly id: string;
  readonly settings: ThreadSettings;
  readonly ports: ThreadPorts;
  /** Records of earlier times; empty for a new thread. */
  readonly records: readonly AnyRecord[];
  /** When something last happened in it; absent for a new thread. */
  readonly updatedAtMs?: number;
  /** Where it was left, which its model was told; absent for a new thread. */
  readonly leftAt?: Pick<ThreadSettings, 'environments'>;
  readonly name: string | null;
  /** Told when the first words of the user are known. */
  readonly onPreview: (preview: string) => void;
  /** Told of the name it was given, or has made out of the first words. */
  readonly onName: (name: string) => void;
  readonly onListenerError: (error: unknown) => void;
};

/** Started but not announced: `begin` follows the answer to whoever asked (app-server §4). */
export type PreparedTurn = { readonly turn: Turn; readonly begin: () => void };

/**
 * A loaded conversation. Owns its memory and its one running turn; typed turns, delegated work and
 * voice lines all go through here, so there is one order and one history, and clients hear of it in
 * that order.
 */
export class LiveThread {
  readonly id: string;
  readonly events: Emitter<ThreadEvents>;
  /** Where it waits for somebody. */
  readonly interactions: Interactions;
  readonly #settings: CurrentSettings;
  readonly #ports: ThreadPorts;
  readonly #outbox: Outbox;
  readonly #turns: TurnQueue;
  readonly #memory: ThreadMemory;
  readonly #notes: ThreadNotes;
  readonly #warned = new Set<string>();
  /** Turns whose files are being taken back. */
  readonly #undoing = new Set<string>();
  #isStopped = false;
  readonly #name: ThreadName;

  constructor(options: LiveThreadOptions) {
    this.id = options.id;
    this.#settings = new CurrentSettings(options.settings);
    this.events = new Emitter(options.onListenerError);
    this.#outbox = new Outbox(options.ports.notify, options.onListenerError);
    this.#ports = {
      ...options.ports,
      notify: this.#outbox.tell,
      // What waits for the disk leaves all at once.
      unreadBytes: () => (this.#outbox.isFull ? Infinity : options.ports.unreadBytes()),
    };
    this.#turns = new TurnQueue({
      onBeginning: () => {
        this.#announceStatus();
        this.#keepSettings();
      },
      onEnded: (turn, isLast) => {
        if (isLast) this.#announceStatus();
        this.#announceEnd(turn);
      },
      onWithdrawn: (turn) => {
        this.#announceEnd(turn);
      },
    });
    const { clock, clients, notify, responders, journal } = this.#ports;
    this.interactions = new Interactions({
      threadId: options.id,
      clock,
      clients,
      notify,
      inOrder: this.#outbox.run,
      responders,
      onSettled: (turnId, settled) => {
        // What was open when the thread left this process nobody has settled.
        if (!this.#isStopped) this.#memory.record({ type: 'settledRequest', turnId, settled });
      },
      onWaitingChanged: () => {
        this.#announceStatus();
      },
    });
    this.#memory = new ThreadMemory({
      clock,
      journal,
      records: readableBy(options.records, options.settings.modelProvider),
      updatedAtMs: options.updatedAtMs,
      onRecorded: (durable) => {
        this.#outbox.recorded(durable);
      },
      onPreview: options.onPreview,
    });
    this.#name = new ThreadName({
      name: options.name,
      // One that is kept nowhere is in no list, where it would be looked for by its name.
      namesItself: journal !== undefined,
      userWords: () => this.#memory.log.timeline.userWords(),
      onName: options.onName,
      tell: (threadName) => {
        this.tell('thread/name/updated', { threadId: this.id, threadName });
      },
    });
    this.#notes = new ThreadNotes({
      isIntroduced: this.conversation.hasTurns,
      leftAt: options.leftAt,
      isInHistory: (note) => isTold(this.#memory.log.history, note),
    });
  }

  /** Tells clients something about the thread, in order with everything else they are told of it. */
  get tell(): Notify {
    return this.#outbox.tell;
  }

  /** Runs it when clients have been told all that they were to be told so far. */
  get inOrder(): (action: () => void) => void {
    return this.#outbox.run;
  }

  /** Resolves when clients have been told all that they can be shown of it. */
  async settled(): Promise<void> {
    return this.#outbox.settled();
  }

  get status(): ThreadStatus {
    // A tool server may ask its user something outside of any turn.
    const activeFlags = [...this.interactions.waitingOn];
    const { phase } = this.#turns;
    if (phase === 'running' || activeFlags.length > 0) return { type: 'active', activeFlags };
    return { type: phase === 'failed' ? 'systemError' : 'idle' };
  }

  /** What turns run with from now on. */
  get settings(): ThreadSettings {
    return this.#settings.value;
  }

  /** Changes what the next turn and those after it run with; a running turn goes on as it began. */
  changeSettings(changes: SettingChanges): void {
    if (!this.#settings.change(changes)) return;
    // A thread that nobody has said anything in has no file, and a setting is no reason for one.
    if (this.#memory.log.timeline.length > 0) this.#keepSettings();
    this.#ports.notify('thread/settings/updated', {
      threadId: this.id,
      threadSettings: describeSettings(this.settings),
    });
  }

  /** For what tells clients more than they may be able to read; `signal` ends its waiting. */
  readerPace(signal: AbortSignal): ReaderPace {
    return new ReaderPace(this.#ports, signal);
  }

  get name(): string | null {
    return this.#name.value;
  }

  /** Gives it a name, in place of the one it has; returns what tells clients of it. */
  rename(name: string): () => void {
    return this.#name.give(name);
  }

  get preview(): string {
    return this.#memory.log.timeline.preview;
  }

  get updatedAtMs(): number {
    return this.#memory.updatedAtMs;
  }

  /** What people can be shown of it. */
  get conversation(): Conversation {
    return this.#memory.log.timeline;
  }

  /** Voice began or ended, which the text model reads before the user's next words (realtime-v2 §14). */
  noteVoice(live: boolean, note: string): void {
    this.#notes.noteVoice(live, note);
  }

  /** Words from elsewhere that belong into the history without asking the model anything. */
  addHistory(text: string): void {
    this.#memory.record({ type: 'history', items: [textMessage('user', text)] });
  }

  /** Raw items that the model is told from its next request on, and nobody is shown; all of them or none. */
  inject(given: readonly unknown[]): void {
    this.#memory.record({ type: 'history', items: injectedItems(given) });
  }

  /** Begins now to write what was recorded, for whoever has more to do before clients are told. */
  commit(): void {
    this.#ports.journal?.commit();
  }

  addRealtimeItem(item: RealtimeTimelineItem): void {
    const observedAtMs = this.#ports.clock.nowMs();
    this.#record({ type: 'realtime', item, observedAtMs });
  }

  /**
   * Starts a turn, or adds to the running one and answers with that (app-server §6). Words that the
   * running one does not take, or that are to queue, start a turn after it. Nothing is announced before
   * `begin`.
   */
  prepareTurn(input: TurnInput, followUp: FollowUp = 'steer'): PreparedTurn {
    const joining = { ...input, notes: this.#notes.forJoining() };
    const run = followUp === 'steer' ? this.#turns.join(joining) : undefined;
    if (run !== undefined) return this.#joined(run, input);
    const settings = settingsOfTurn(this.settings, input);
    const notes = this.#notes.forStarting(settings, this.#ports.clock.nowMs());
    const untell = this.#notes.markTold(settings);
    return this.#prepare(regularTurn({ ...input, notes }), { settings, shown: input, untell });
  }

  /**
   * Adds words to the running turn (app-server §6); throws the protocol's refusal when that is not the
   * turn they are meant for.
   */
  steer(expectedTurnId: string, input: TurnInput): PreparedTurn {
    const notes = this.#notes.forJoining();
    return this.#joined(this.#turns.steer(expectedTurnId, { ...input, notes }), input);
  }

  /** Puts a summary in place of what the model was told so far, as a turn behind those that run and wait. */
  prepareCompaction(): PreparedTurn {
    return this.prepareTask(compaction());
  }

  /** Starts work of another kind as a turn, behind those that run and wait. */
  prepareTask(start: StartTask): PreparedTurn {
    return this.#prepare(start, { settings: this.settings });
  }

  /**
   * Takes the files that a turn has changed back to what they were before it, all or none, and tells the model
   * and clients. Throws the protocol's refusal, or what says why it cannot be done.
   */
  async undoFileChanges(turnId: string): Promise<readonly string[]> {
    const { records, isUndone } = this.#memory.log.fileChangesOf(turnId);
    if (records.length === 0) throw invalidRequest(`the turn has changed no files: ${turnId}`);
    if (isUndone || this.#undoing.has(turnId)) {
      throw invalidRequest(`the files of the turn are taken back already: ${turnId}`);
    }
    if (this.#turns.phase === 'running') {
      throw invalidRequest('files cannot be taken back while a turn runs');
    }
    this.#undoing.add(turnId);
    try {
      const paths = await undoFileChanges(changedFiles(records));
      this.#record({ type: 'fileChangesUndone', turnId });
      const note = `The user took back what you had changed in these files: ${paths.join(', ')}`;
      this.#record({ type: 'history', items: [textMessage('developer', note)] });
      this.tell('thread/fileChanges/undone', { threadId: this.id, turnId, paths: [...paths] });
      return paths;
    } finally {
      this.#undoing.delete(turnId);
    }
  }

  /**
   * What stops that turn, or all where it is empty, to be done once the request has been answered. Throws
   * the protocol's refusal when it neither runs nor waits (app-server §6).
   */
  interruption(turnId: string): () => void {
    return this.#turns.interruption(turnId);
  }

  /** Ends all that runs and waits, as the user's stopping does; resolves when clients have been told. */
  async end(): Promise<void> {
    const ended = Promise.withResolvers<void>();
    const stopListening = this.events.on('turnEnded', () => {
      if (this.#turns.phase !== 'running') ended.resolve();
    });
    this.interruption('')();
    if (this.#turns.phase === 'running') await ended.promise;
    stopListening();
    await this.settled();
  }

  /** The thread leaves this process: breaks off what runs. Nobody has stopped it, so nothing is recorded as if. */
  stop(): void {
    this.#isStopped = true;
    this.interactions.close();
    this.#turns.close();
  }

  #record(record: NewRecord): void {
    this.#memory.record(record);
    this.#name.recorded(record);
  }

  #joined(run: TurnRun, input: TurnInput): PreparedTurn {
    this.#notes.markTold();
    return {
      turn: run.describe('inProgress'),
      begin: () => {
        run.show(input);
      },
    };
  }

  #prepare(
    start: StartTask,
    {
      settings,
      shown,
      untell = () => undefined,
    }: {
      readonly settings: ThreadSettings;
      readonly shown?: TurnInput;
      /** Takes back what the notes believe to have told, where the turn does not come to begin. */
      readonly untell?: () => void;
    },
  ): PreparedTurn {
    const run = new TurnRun({
      threadId: this.id,
      turnId: this.#ports.newId(),
      start,
      delegation: shown?.delegation,
      settings,
      ports: this.#ports,
      log: this.#memory.log,
      interactions: this.interactions,
      record: (record) => {
        this.#record(record);
        if (record.type === 'historyReplaced') this.#notes.forgotten();
      },
      onWithdrawn: untell,
      onAgentMessage: (text) => {
        this.events.emit('agentMessage', { turnId: run.turnId, text });
      },
      warnOnce: (message) => {
        this.#warnOnce(message);
      },
    });
    if (shown !== undefined) run.show(shown);
    this.#turns.add(run);
    return {
      turn: { ...run.describe('inProgress'), startedAt: null },
      begin: () => {
        this.#turns.begin(run);
      },
    };
  }

  #announceEnd(turn: Turn): void {
    const { error, id: turnId } = turn;
    const threadId = this.id;
    if (error !== null) {
      this.#ports.notify('error', { error, willRetry: false, threadId, turnId });
    }
    this.#ports.notify('turn/completed', { threadId, turn });
    this.#name.turnEndTold();
    this.events.emit('turnEnded', { turn });
  }

  #keepSettings(): void {
    const record = this.#settings.takeRecord();
    if (record !== undefined) this.#memory.keep(record);
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#ports.notify('warning', { threadId: this.id, message });
  }

  #announceStatus(): void {
    this.#ports.notify('thread/status/changed', { threadId: this.id, status: this.status });
  }
}

const isTold = (history: readonly ResponseItem[], note: string): boolean =>
  history.some(
    (item) => item.type === 'message' && item.role === 'developer' && messageText(item) === note,
  );

/** What a turn runs with: the thread's settings, and what was said for it alone. */
function settingsOfTurn(settings: ThreadSettings, { options }: TurnInput): ThreadSettings {
  const environments = options?.environments;
  if (environments === undefined) return settings;
  return { ...settings, environments, cwd: environments[0]?.cwd ?? settings.cwd };
}
