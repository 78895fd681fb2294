import * as z from 'zod';

const Event = z.looseObject({ type: z.string() });
export type WireEvent = z.infer<typeof Event>;

/** The events a client got, and the wait for the ones a test names. */
export class EventLog {
  readonly events: WireEvent[] = [];
  /** Why nothing more will come. */
  #over: string | undefined;
  readonly #waiting = new Set<() => void>();

  add(text: string): void {
    this.events.push(Event.parse(JSON.parse(text)));
    this.wake();
  }

  end(why: string): void {
    this.#over ??= why;
    this.wake();
  }

  /** The first event of a type, at or after a place in `events`; waits until it comes. */
  async next(type: string, from = 0): Promise<WireEvent> {
    for (;;) {
      const found = this.events.slice(from).find((event) => event.type === type);
      if (found !== undefined) return found;
      if (this.#over !== undefined) throw new Error(`${this.#over} before ${type} came`);
      await this.change();
    }
  }

  types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }

  async change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    await promise;
  }

  wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
