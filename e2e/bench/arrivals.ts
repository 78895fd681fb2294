/** Something that came in, with the moment it did, in milliseconds of this process's clock. */
export type Arrival<Value> = { readonly value: Value; readonly atMs: number };

type Waiting<Value> = {
  readonly test: (value: Value) => boolean;
  readonly resolve: (arrival: Arrival<Value>) => void;
  readonly reject: (error: Error) => void;
};

const PATIENCE_MS = 30_000;

/** What comes in over one wire, for those who wait for a particular piece of it. */
export class Arrivals<Value> {
  readonly #from: string;
  readonly #waiting = new Set<Waiting<Value>>();
  #failure: Error | undefined;

  constructor(from: string) {
    this.#from = from;
  }

  /** The next piece that passes the test; rejects when none does in half a minute. */
  async next(what: string, test: (value: Value) => boolean): Promise<Arrival<Value>> {
    if (this.#failure !== undefined) throw this.#failure;
    const { promise, resolve, reject } = Promise.withResolvers<Arrival<Value>>();
    const waiting = { test, resolve, reject };
    this.#waiting.add(waiting);
    const timer = setTimeout(() => {
      reject(new Error(`No ${what} from ${this.#from} in ${PATIENCE_MS / 1000} s.`));
    }, PATIENCE_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    }
  }

  deliver(value: Value, atMs: number): void {
    for (const waiting of this.#waiting) {
      if (!waiting.test(value)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve({ value, atMs });
    }
  }

  /** Nothing will come any more. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting) reject(this.#failure);
    this.#waiting.clear();
  }
}
