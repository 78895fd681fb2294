/** Work that is done one after the other wherever it is about the same thing. */
export class KeyedQueue {
  /** What was asked for last of each; the next waits for it. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does `work` when all that was asked for before it under this key has ended, well or not. */
  async run<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    const before = this.#last.get(key);
    const turn = (async () => {
      // How it ended is the business of who asked for it.
      await Promise.allSettled([before]);
      return work();
    })();
    this.#last.set(key, turn);
    try {
      return await turn;
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key);
    }
  }

  /** Resolves when all that was asked for by now has ended. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#last.values());
  }
}
