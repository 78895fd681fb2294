import type { ItemDelta, ItemDeltaMethod, NewItem, ShownItem } from './contract.ts';

/** Shows items to clients; every one that is started is completed once by whoever started it. */
export type ItemSink = {
  start(item: NewItem): void;
  delta<M extends ItemDeltaMethod>(method: M, itemId: string, fields: ItemDelta<M>): void;
  complete(item: NewItem): void;
  /** Started and not completed. */
  isOpen(itemId: string): boolean;
};

/** The items of one call. Completes what the tool leaves open, and lets nothing pass afterwards. */
export class CallItems {
  readonly #sink: ItemSink;
  /** By id, with what each is completed as when the tool does not do it. */
  readonly #open = new Map<string, NewItem>();
  readonly #known = new Set<string>();
  #isClosed = false;

  constructor(sink: ItemSink) {
    this.#sink = sink;
  }

  /** Throws for an id that this call has used before. */
  start<Item extends NewItem>(item: Item, unfinished: Item): ShownItem<Item> {
    const { id } = item;
    if (this.#known.has(id)) throw new Error(`The item ${id} has been started already`);
    if (!this.#isClosed) {
      this.#known.add(id);
      this.#open.set(id, { ...unfinished, id });
      this.#sink.start(item);
    }
    return {
      delta: (method, fields) => {
        if (this.#open.has(id)) this.#sink.delta(method, id, fields);
      },
      complete: (done) => {
        if (this.#open.delete(id)) this.#sink.complete({ ...done, id });
      },
    };
  }

  /** One that the call does not end with. Throws for an id that this call has used before. */
  startLasting<Item extends NewItem>(item: Item): ShownItem<Item> {
    const { id } = item;
    if (this.#known.has(id)) throw new Error(`The item ${id} has been started already`);
    const sink = this.#sink;
    if (!this.#isClosed) {
      this.#known.add(id);
      sink.start(item);
    }
    return {
      delta: (method, fields) => {
        if (sink.isOpen(id)) sink.delta(method, id, fields);
      },
      complete: (done) => {
        if (sink.isOpen(id)) sink.complete({ ...done, id });
      },
    };
  }

  /** The call is over. */
  close(): void {
    this.#isClosed = true;
    for (const item of this.#open.values()) this.#sink.complete(item);
    this.#open.clear();
  }
}
