type Waiter = { readonly test: () => boolean; resolve(): void };

/** Things that grow, and tests that wait for them to have grown. */
export class Growing {
  readonly #waiters = new Set<Waiter>();

  grown(): void {
    for (const waiter of Array.from(this.#waiters)) {
      if (!waiter.test()) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  async until(test: () => boolean): Promise<void> {
    if (test()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.add({ test, resolve });
    await promise;
  }
}

/** Things that come one after the other, and tests that wait for the n-th. */
export class Sequence<Value> {
  readonly all: Value[] = [];
  readonly #growing = new Growing();

  add(value: Value): void {
    this.all.push(value);
    this.#growing.grown();
  }

  /** The n-th (from 1), waiting for it if need be. */
  async at(n: number): Promise<Value> {
    await this.#growing.until(() => this.all.length >= n);
    const [value] = this.all.slice(n - 1, n);
    if (value === undefined) throw new Error(`There is no number ${n}`);
    return value;
  }
}
