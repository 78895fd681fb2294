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
