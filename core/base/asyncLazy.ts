/** A value that is made when it is first asked for, and kept. What failed is made anew for whoever asks next. */
export class AsyncLazy<Value> {
  readonly #make: () => Promise<Value>;
  #value: Promise<Value> | undefined;

  constructor(make: () => Promise<Value>) {
    this.#make = make;
  }

  async get(): Promise<Value> {
    const making = (this.#value ??= this.#make());
    try {
      return await making;
    } catch (error) {
      if (this.#value === making) this.#value = undefined;
      throw error;
    }
  }

  /** What has been made, or is being made, if anything; undefined also where that fails. */
  async made(): Promise<Value | undefined> {
    return this.#value?.catch(() => undefined);
  }
}
