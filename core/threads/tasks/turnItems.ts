import type { Clock, NewId } from '../../base/index.ts';
import type {
  Delegation,
  NotificationParamsOf,
  ThreadItem,
  UserInput,
} from '../../protocol/index.ts';
import type { ItemDelta, ItemDeltaMethod, ItemSink, NewItem } from '../../tools/index.ts';
import type { Notify } from '../ports.ts';

type SaidByUser = {
  readonly input: readonly UserInput[];
  readonly clientUserMessageId?: string;
  readonly delegation?: Delegation;
};

export type UserMessage = Extract<NewItem, { readonly type: 'userMessage' }>;

type Completed = ThreadItem & { readonly completedAtMs: number };

export type TurnItemsOptions = {
  readonly threadId: string;
  readonly turnId: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly notify: Notify;
  /** Writes a completed item down; called before clients are told. */
  readonly record: (item: ThreadItem) => void;
  /** Called once for every item, when clients have been told that it is complete. */
  readonly onCompleted: (item: ThreadItem) => void;
};

/**
 * What one turn shows to clients: started, deltas, completed, in that order, and each item completed
 * exactly once (app-server §4).
 */
export class TurnItems implements ItemSink {
  readonly threadId: string;
  readonly turnId: string;
  readonly #options: TurnItemsOptions;
  readonly #open = new Map<string, ThreadItem>();
  readonly #shown = new Set<string>();

  constructor(options: TurnItemsOptions) {
    this.threadId = options.threadId;
    this.turnId = options.turnId;
    this.#options = options;
  }

  isOpen(itemId: string): boolean {
    return this.#open.has(itemId);
  }

  /** The id itself, or another one where this turn has shown an item under it before. */
  unusedId(itemId: string): string {
    return this.#shown.has(itemId) ? this.#options.newId() : itemId;
  }

  start(item: NewItem): void {
    const { clock, notify } = this.#options;
    const startedAtMs = clock.nowMs();
    const shown: ThreadItem = { ...item, startedAtMs, completedAtMs: null };
    this.#open.set(item.id, shown);
    this.#shown.add(item.id);
    const { threadId, turnId } = this;
    notify('item/started', { threadId, turnId, item: shown, startedAtMs });
  }

  delta<M extends ItemDeltaMethod>(method: M, itemId: string, fields: ItemDelta<M>): void {
    const { threadId, turnId } = this;
    const params = { ...fields, threadId, turnId, itemId };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the three fields that `ItemDelta` leaves out are back
    this.#options.notify(method, params as unknown as NotificationParamsOf<M>);
  }

  /** Does nothing for an item that is not open. */
  complete(item: NewItem): void {
    const done = this.#close(item);
    if (done === undefined) return;
    this.#options.record(done);
    this.#tell(done);
    this.#options.onCompleted(done);
  }

  /** Completes it for whoever is watching; the turn does not keep it, because something else took its place. */
  abandon(item: NewItem): void {
    const done = this.#close(item);
    if (done !== undefined) this.#tell(done);
  }

  #close(item: NewItem): Completed | undefined {
    const open = this.#open.get(item.id);
    if (open === undefined) return undefined;
    this.#open.delete(item.id);
    return {
      ...item,
      startedAtMs: open.startedAtMs,
      completedAtMs: this.#options.clock.nowMs(),
    };
  }

  #tell(item: Completed): void {
    const { threadId, turnId } = this;
    const { completedAtMs } = item;
    this.#options.notify('item/completed', { threadId, turnId, item, completedAtMs });
  }

  /** What the user says to this turn, as an item to be shown. */
  messageOf({ input, clientUserMessageId, delegation }: SaidByUser): UserMessage {
    return {
      type: 'userMessage',
      id: this.#options.newId(),
      clientId: clientUserMessageId ?? null,
      content: input.map((part) =>
        part.type === 'text' ? { ...part, text_elements: part.text_elements ?? [] } : part,
      ),
      ...(delegation === undefined ? {} : { delegation }),
    };
  }

  /** Starts and completes it back to back. */
  showWhole(item: NewItem): void {
    this.start(item);
    this.complete(item);
  }

  /** The turn is over: completes what a task has left open, as far as it has come. */
  close(): void {
    for (const item of Array.from(this.#open.values())) this.complete(item);
  }
}
