import { isDeepStrictEqual } from 'node:util';

import { Emitter } from '../base/index.ts';
import { Interactions } from '../interactions/index.ts';
import { textMessage } from '../model/index.ts';
import { systemTimeZone } from '../platform/index.ts';
import type {
  RealtimeTimelineItem,
  ThreadStatus,
  TimelineEntry,
  Turn,
  UserInput,
} from '../protocol/index.ts';
import { invalidRequest } from '../rpc/index.ts';
import { describeSettings } from './describeSettings.ts';
import { ConversationLog, type ThreadRecord, unfinishedCallOutputs } from './history/index.ts';
import {
  type SamplingSettings,
  samplingSettingsOf,
  type ThreadPorts,
  type ThreadSettings,
} from './ports.ts';
import { RegularTurn, type TurnInput } from './tasks/index.ts';

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
  readonly records: readonly ThreadRecord[];
  /** When something last happened in it; absent for a new thread. */
  readonly updatedAtMs?: number;
  /** Told when the first words of the user are known. */
  readonly onPreview: (preview: string) => void;
  readonly onListenerError: (error: unknown) => void;
};

type State =
  | { readonly phase: 'idle' }
  | { readonly phase: 'failed' }
  | { readonly phase: 'running'; readonly run: RegularTurn };

/** Started but not announced: `begin` follows the answer to whoever asked (app-server §4). */
export type PreparedTurn = { readonly turn: Turn; readonly begin: () => void };

/**
 * A loaded conversation. Owns its memory and its one running turn; typed turns, delegated work and
 * voice lines all go through here, so there is one order and one history.
 */
export class LiveThread {
  readonly id: string;
  readonly events: Emitter<ThreadEvents>;
  /** Where it waits for somebody. */
  readonly interactions: Interactions;
  #settings: ThreadSettings;
  readonly #ports: ThreadPorts;
  readonly #log = new ConversationLog();
  readonly #onPreview: (preview: string) => void;
  #voice: { readonly live: boolean; readonly note: string } | undefined;
  /** Whether the text model believes that the user is talking by voice. */
  #toldVoiceIsLive = false;
  #introduced: boolean;
  #state: State = { phase: 'idle' };
  #updatedAtMs: number;
  readonly #warned = new Set<string>();
  #keptSettings = true;

  constructor(options: LiveThreadOptions) {
    this.id = options.id;
    this.#settings = options.settings;
    this.#ports = options.ports;
    this.#onPreview = options.onPreview;
    this.#updatedAtMs = options.updatedAtMs ?? options.ports.clock.nowMs();
    this.events = new Emitter(options.onListenerError);
    const { clock, clients, notify, responders } = options.ports;
    this.interactions = new Interactions({
      threadId: options.id,
      clock,
      clients,
      notify,
      inOrder: (action) => {
        action();
      },
      responders,
      onWaitingChanged: () => {
        this.#announceStatus();
      },
    });
    for (const record of options.records) this.#log.apply(record);
    this.#finishCalls();
    this.#introduced = this.#log.turns().length > 0;
  }

  get status(): ThreadStatus {
    // A tool server may ask its user something outside of any turn.
    const activeFlags = [...this.interactions.waitingOn];
    if (activeFlags.length > 0) return { type: 'active', activeFlags };
    switch (this.#state.phase) {
      case 'running':
        return { type: 'active', activeFlags };
      case 'failed':
        return { type: 'systemError' };
      case 'idle':
        return { type: 'idle' };
    }
  }

  /** What turns run with from now on. */
  get settings(): ThreadSettings {
    return this.#settings;
  }

  /** Changes what the next turn and those after it run with; a running turn goes on as it began. */
  changeSettings(changes: Partial<SamplingSettings>): void {
    const before = samplingSettingsOf(this.#settings);
    this.#settings = { ...this.#settings, ...changes };
    const now = samplingSettingsOf(this.#settings);
    if (isDeepStrictEqual(before, now)) return;
    this.#keptSettings = false;
    // A thread that nobody has said anything in has no file, and a setting is no reason for one.
    if (this.#log.timeline.length > 0) this.#keepSettings();
    this.#ports.notify('thread/settings/updated', {
      threadId: this.id,
      threadSettings: describeSettings(this.#settings),
    });
  }

  get preview(): string {
    return this.#log.preview;
  }

  get updatedAtMs(): number {
    return this.#updatedAtMs;
  }

  get timeline(): readonly TimelineEntry[] {
    return this.#log.timeline;
  }

  /** The turns with their items; the running one is in progress, an abandoned one interrupted. */
  turns(): readonly Turn[] {
    return this.#log.turns(this.#runningTurnId);
  }

  realtimeSessionAt(position: number): string | undefined {
    return this.#log.realtimeSessionAt(position);
  }

  get #runningTurnId(): string | undefined {
    return this.#state.phase === 'running' ? this.#state.run.turnId : undefined;
  }

  /**
   * Voice began or ended; the text model reads the note before the user's next words, unless the
   * state has changed back by then (realtime-v2 §14).
   */
  noteVoice(live: boolean, note: string): void {
    this.#voice = { live, note };
  }

  /** Words from elsewhere that belong into the history without asking the model anything. */
  addHistory(text: string): void {
    this.#record({ type: 'history', items: [textMessage('user', text)] });
  }

  addRealtimeItem(item: RealtimeTimelineItem): void {
    const hadPreview = this.#log.preview !== '';
    this.#record({ type: 'realtime', item });
    if (!hadPreview && this.#log.preview !== '') this.#onPreview(this.#log.preview);
  }

  /**
   * Starts a turn, or adds to the running one and answers with that (app-server §6). Nothing is
   * announced before `begin`.
   */
  prepareTurn(input: TurnInput): PreparedTurn {
    const withNotes = { ...input, notes: this.#takeVoiceNote() };
    if (this.#state.phase === 'running' && this.#state.run.join(withNotes)) {
      const { run } = this.#state;
      return {
        turn: run.describe('inProgress'),
        begin: () => {
          run.show(withNotes);
        },
      };
    }
    const run = new RegularTurn({
      threadId: this.id,
      turnId: this.#ports.newId(),
      first: { ...withNotes, notes: [...this.#introduction(), ...withNotes.notes] },
      settings: this.settings,
      ports: this.#ports,
      log: this.#log,
      interactions: this.interactions,
      record: (record) => {
        this.#record(record);
      },
      onAgentMessage: (text) => {
        this.events.emit('agentMessage', { turnId: run.turnId, text });
      },
      warnOnce: (message) => {
        this.#warnOnce(message);
      },
    });
    this.#state = { phase: 'running', run };
    return {
      turn: { ...run.describe('inProgress'), startedAt: null },
      begin: () => {
        void this.#run(run, input.input);
      },
    };
  }

  /**
   * Adds words to the running turn (app-server §6); throws the protocol's refusal when that is not the
   * turn they are meant for.
   */
  steer(expectedTurnId: string, input: TurnInput): PreparedTurn {
    if (expectedTurnId === '') throw invalidRequest('expectedTurnId must not be empty');
    if (this.#state.phase !== 'running' || this.#state.run.hasEnded) {
      throw invalidRequest('no active turn to steer');
    }
    const { turnId } = this.#state.run;
    if (turnId !== expectedTurnId) {
      throw invalidRequest(`expected active turn id \`${expectedTurnId}\` but found \`${turnId}\``);
    }
    return this.prepareTurn(input);
  }

  /**
   * What stops that turn, to be done once the request has been answered. Throws the protocol's
   * refusal when it is not the running one (app-server §6).
   */
  interruption(turnId: string): () => void {
    if (this.#state.phase !== 'running') {
      if (turnId === '') return () => undefined;
      throw invalidRequest('no active turn to interrupt');
    }
    const { run } = this.#state;
    if (turnId !== '' && turnId !== run.turnId) {
      throw invalidRequest(`expected active turn id ${turnId} but found ${run.turnId}`);
    }
    return () => {
      run.interrupt();
    };
  }

  /** Stops a running turn, if there is one, without announcing anything of its own. */
  stop(): void {
    this.interactions.close();
    if (this.#state.phase === 'running') this.#state.run.interrupt();
  }

  async #run(run: RegularTurn, input: readonly UserInput[]): Promise<void> {
    this.#announceStatus();
    const started = run.describe('inProgress');
    this.#record({ type: 'turnStarted', turn: started });
    this.#keepSettings();
    this.#ports.notify('turn/started', { threadId: this.id, turn: started });
    const hadPreview = this.#log.preview !== '';
    const ending = run.run();
    if (!hadPreview && input.length > 0) this.#onPreview(this.#log.preview);
    const turn = await ending;
    this.#record({ type: 'turnCompleted', turn: { ...turn, items: [], itemsView: 'notLoaded' } });
    // Words that came in the very moment this turn ended have started the next one already.
    if (this.#state.phase === 'running' && this.#state.run === run) {
      this.#state = { phase: turn.status === 'failed' ? 'failed' : 'idle' };
      this.#announceStatus();
    }
    if (turn.error !== null) {
      const { error } = turn;
      this.#ports.notify('error', { error, willRetry: false, threadId: this.id, turnId: turn.id });
    }
    this.#ports.notify('turn/completed', { threadId: this.id, turn });
    this.events.emit('turnEnded', { turn });
  }

  /** A call that was waiting when the engine ended has no output yet, and the model insists on one. */
  #finishCalls(): void {
    const items = unfinishedCallOutputs(this.#log.history);
    if (items.length === 0) return;
    const record = { type: 'history' as const, items };
    this.#log.apply(record);
    this.#ports.store(record);
  }

  #takeVoiceNote(): readonly string[] {
    if (this.#voice === undefined || this.#voice.live === this.#toldVoiceIsLive) return [];
    this.#toldVoiceIsLive = this.#voice.live;
    return [this.#voice.note];
  }

  /** What the model is told once, before the first words of a thread. */
  #introduction(): readonly string[] {
    if (this.#introduced) return [];
    this.#introduced = true;
    const { developerInstructions, cwd } = this.settings;
    const now = new Date(this.#ports.clock.nowMs());
    const timeZone = systemTimeZone();
    const context = [
      '<environment_context>',
      `  <cwd>${cwd}</cwd>`,
      `  <current_date>${now.toISOString().slice(0, 10)}</current_date>`,
      `  <timezone>${timeZone}</timezone>`,
      '</environment_context>',
    ].join('\n');
    return developerInstructions === undefined ? [context] : [developerInstructions, context];
  }

  #keepSettings(): void {
    if (this.#keptSettings) return;
    this.#keptSettings = true;
    const { model, reasoningEffort, reasoningSummary, verbosity } = this.#settings;
    this.#ports.store({ type: 'settings', model, reasoningEffort, reasoningSummary, verbosity });
  }

  #warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#ports.notify('warning', { threadId: this.id, message });
  }

  #announceStatus(): void {
    this.#ports.notify('thread/status/changed', { threadId: this.id, status: this.status });
  }

  #record(record: ThreadRecord): void {
    this.#updatedAtMs = this.#ports.clock.nowMs();
    this.#log.apply(record);
    this.#ports.store(record);
  }
}
