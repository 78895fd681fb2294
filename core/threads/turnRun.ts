import type { Delegation, Turn, TurnError, TurnStatus } from '../protocol/index.ts';
import {
  type StartTask,
  type TaskContext,
  type TurnInput,
  TurnItems,
  type TurnTask,
} from './tasks/index.ts';

export type TurnRunOptions = Omit<TaskContext, 'startedAtMs' | 'items'> & {
  readonly start: StartTask;
  readonly delegation: Delegation | undefined;
  /** A finished message of the model. */
  readonly onAgentMessage: (text: string) => void;
};

/**
 * One turn of a thread, whatever its task: begins and ends once, in the record and for clients, and
 * completes every item it has shown.
 */
export class TurnRun {
  readonly turnId: string;
  readonly #options: TurnRunOptions;
  readonly #task: TurnTask;
  readonly #items: TurnItems;
  readonly #startedAtMs: number;
  /** What was said before the turn began, to be shown when it has; undefined from then on. */
  #unshown: TurnInput[] | undefined = [];
  #lastMessage: Turn['items'][number] | undefined;

  constructor(options: TurnRunOptions) {
    const { threadId, turnId, ports, record } = options;
    this.#options = options;
    this.turnId = turnId;
    this.#startedAtMs = ports.clock.nowMs();
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
    const context = { ...options, startedAtMs: this.#startedAtMs, items: this.#items };
    this.#task = options.start(context);
  }

  /** The turn as it stands; without items, as `turn/start` and `turn/started` show it. */
  describe(status: TurnStatus, error: TurnError | null = null): Turn {
    const { delegation, ports } = this.#options;
    const running = status === 'inProgress';
    const nowMs = ports.clock.nowMs();
    const items = running || this.#lastMessage === undefined ? [] : [this.#lastMessage];
    return {
      id: this.turnId,
      rootTurnId: this.turnId,
      items,
      itemsView: items.length === 0 ? 'notLoaded' : 'summary',
      status,
      error,
      startedAt: seconds(this.#startedAtMs),
      completedAt: running ? null : seconds(nowMs),
      durationMs: running ? null : nowMs - this.#startedAtMs,
      ...(delegation === undefined ? {} : { delegation }),
    };
  }

  /** More from the user; false when this turn takes nothing more. */
  join(input: TurnInput): boolean {
    return this.#task.join(input);
  }

  /** Shows what the user said in this turn to clients, once the turn has begun. */
  show(input: TurnInput): void {
    if (this.#unshown === undefined) this.#items.userMessage(input);
    else this.#unshown.push(input);
  }

  requestInterrupt(): void {
    this.#task.requestInterrupt();
  }

  /** Runs to the end and says how it ended; never rejects. What clients hear of the end is up to the caller. */
  async run(): Promise<Turn> {
    const { threadId, ports, record } = this.#options;
    const turn = this.describe('inProgress');
    record({ type: 'turnStarted', turn });
    ports.notify('turn/started', { threadId, turn });
    const said = this.#unshown ?? [];
    this.#unshown = undefined;
    for (const input of said) this.#items.userMessage(input);
    const outcome = await this.#task.run();
    this.#items.close();
    const ended = this.describe(outcome.status, outcome.status === 'failed' ? outcome.error : null);
    record({ type: 'turnCompleted', turn: { ...ended, items: [], itemsView: 'notLoaded' } });
    return ended;
  }
}

const seconds = (ms: number): number => Math.floor(ms / 1000);
