import type {
  Delegation,
  ThreadItem,
  Turn,
  TurnError,
  TurnStatus,
  UnsteerableKind,
} from '../protocol/index.ts';
import {
  type StartTask,
  type TaskContext,
  type TurnInput,
  TurnItems,
  type TurnTask,
  type UserMessage,
} from './tasks/index.ts';

export type TurnRunOptions = Omit<TaskContext, 'startedAtMs' | 'items'> & {
  readonly start: StartTask;
  readonly delegation: Delegation | undefined;
  /** Called when it ends without having begun: the model hears nothing of it. */
  readonly onWithdrawn: () => void;
  /** A finished message of the model. */
  readonly onAgentMessage: (text: string) => void;
};

type State =
  /** Not announced; `said` is to be shown once the turn begins. */
  | { readonly phase: 'prepared'; readonly said: readonly UserMessage[] }
  /** Announced as one that waits for others to end. */
  | { readonly phase: 'waiting'; readonly said: readonly UserMessage[] }
  | { readonly phase: 'begun'; readonly atMs: number };

/**
 * One turn of a thread, whatever its task: begins and ends once, in the record and for clients, and
 * completes every item it has shown.
 */
export class TurnRun {
  readonly turnId: string;
  readonly #options: TurnRunOptions;
  readonly #task: TurnTask;
  readonly #items: TurnItems;
  #state: State = { phase: 'prepared', said: [] };
  #lastMessage: Turn['items'][number] | undefined;

  constructor(options: TurnRunOptions) {
    const { threadId, turnId, ports, record } = options;
    this.#options = options;
    this.turnId = turnId;
    this.#items = new TurnItems({
      threadId,
      turnId,
      clock: ports.clock,
      newId: ports.newId,
      notify: ports.notify,
      record: (item) => {
        record({ type: 'item', turnId, item });
      },
      onCompleted: (item) => {
        if (item.type !== 'agentMessage') return;
        this.#lastMessage = item;
        if (item.text.trim() !== '' && item.interrupted !== true) options.onAgentMessage(item.text);
      },
    });
    this.#task = options.start({
      ...options,
      items: this.#items,
      startedAtMs: () => this.#startedAtMs,
    });
  }

  /** The turn as it stands; without items, as `turn/start` and `turn/started` show it. */
  describe(status: TurnStatus, error: TurnError | null = null): Turn {
    const { delegation, ports } = this.#options;
    const running = status === 'inProgress';
    const nowMs = ports.clock.nowMs();
    const items = running || this.#lastMessage === undefined ? [] : [this.#lastMessage];
    const hasBegun = this.#state.phase !== 'waiting';
    return {
      id: this.turnId,
      rootTurnId: this.turnId,
      items,
      itemsView: items.length === 0 ? 'notLoaded' : 'summary',
      status,
      error,
      startedAt: hasBegun ? seconds(this.#startedAtMs) : null,
      completedAt: running ? null : seconds(nowMs),
      durationMs: running || !hasBegun ? null : nowMs - this.#startedAtMs,
      ...(delegation === undefined ? {} : { delegation }),
    };
  }

  /** More from the user; false when this turn takes nothing more. */
  join(input: TurnInput): boolean {
    return this.#task.join(input);
  }

  /** What it is to clients where it takes no words by its nature. */
  get unsteerable(): UnsteerableKind | undefined {
    return this.#task.unsteerable;
  }

  /** Shows what the user said in this turn to clients, once the turn has begun. */
  show(input: TurnInput): void {
    const message = this.#items.messageOf(input);
    const state = this.#state;
    if (state.phase === 'begun') {
      this.#items.showWhole(message);
      return;
    }
    this.#state = { ...state, said: [...state.said, message] };
    if (state.phase === 'waiting') this.#tellQueued();
  }

  /** Others are before it: says so, and writes down what was asked, which must not be lost with them. */
  wait(): void {
    if (this.#state.phase !== 'prepared') return;
    this.#state = { ...this.#state, phase: 'waiting' };
    this.#tellQueued();
  }

  /** It is not to begin any more; says how it ended. */
  withdraw(): Turn {
    const ended = this.describe('interrupted');
    this.#options.record({ type: 'turnCompleted', turn: ended });
    this.#options.onWithdrawn();
    return ended;
  }

  requestInterrupt(): void {
    this.#task.requestInterrupt();
  }

  /** Runs to the end and says how it ended; never rejects. What clients hear of the end is up to the caller. */
  async run(): Promise<Turn> {
    const { threadId, ports, record } = this.#options;
    const said = this.#said;
    this.#state = { phase: 'begun', atMs: ports.clock.nowMs() };
    const turn = this.describe('inProgress');
    record({ type: 'turnStarted', turn });
    ports.notify('turn/started', { threadId, turn });
    for (const message of said) this.#items.showWhole(message);
    const outcome = await this.#task.run();
    this.#items.close();
    const ended = this.describe(outcome.status, outcome.status === 'failed' ? outcome.error : null);
    record({ type: 'turnCompleted', turn: { ...ended, items: [], itemsView: 'notLoaded' } });
    return ended;
  }

  get #startedAtMs(): number {
    return this.#state.phase === 'begun' ? this.#state.atMs : this.#options.ports.clock.nowMs();
  }

  get #said(): readonly UserMessage[] {
    return this.#state.phase === 'begun' ? [] : this.#state.said;
  }

  #tellQueued(): void {
    const { threadId, ports, record } = this.#options;
    const turn = this.describe('inProgress');
    const nowMs = ports.clock.nowMs();
    const items = this.#said.map((message): ThreadItem => ({
      ...message,
      startedAtMs: nowMs,
      completedAtMs: nowMs,
    }));
    record({ type: 'turnQueued', turn, items });
    ports.notify('turn/queued', { threadId, turn: { ...turn, items, itemsView: 'full' } });
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
