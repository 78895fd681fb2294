import type { Message } from './message.ts';

/** Enough to see which request it was. */
const SHOWN_CHARACTERS = 300;

type Entry = { owed: number; optional: number; readonly sent: string };

/** What one connection is owed, and gets: an answer for every request, under its id, and none twice. */
export class Ledger {
  readonly #open = new Map<string, Entry>();
  readonly #problems: string[] = [];
  #openCount = 0;
  #answered = 0;
  #wake: (() => void) | undefined;

  get openCount(): number {
    return this.#openCount;
  }

  get answered(): number {
    return this.#answered;
  }

  sent({ bytes, owedId, isOptional }: Message): void {
    if (owedId === undefined) return;
    const key = keyOf(owedId);
    const entry = this.#open.get(key) ?? {
      owed: 0,
      optional: 0,
      sent: bytes.toString().slice(0, SHOWN_CHARACTERS),
    };
    if (isOptional) {
      entry.optional += 1;
    } else {
      entry.owed += 1;
      this.#openCount += 1;
    }
    this.#open.set(key, entry);
  }

  /** Takes what the engine sent; requests and notifications of its own are none of ours. */
  received(message: string): void {
    if (!message.startsWith('{"id":') || /^\{"id":[^,]+,"method":/u.test(message)) return;
    const id = /^\{"id":(?<id>"(?:[^"\\]|\\.)*"|[^,]*),/u.exec(message)?.groups?.['id'];
    const entry = this.#open.get(keyOf(id ?? ''));
    if (entry === undefined || entry.owed + entry.optional === 0) {
      this.#problems.push(`an answer that nobody waits for: ${message.slice(0, SHOWN_CHARACTERS)}`);
      return;
    }
    this.#answered += 1;
    if (entry.owed > 0) {
      entry.owed -= 1;
      this.#openCount -= 1;
    } else {
      entry.optional -= 1;
    }
    this.#wake?.();
  }

  /** Resolves when no more than so many answers are owed; false when they do not come, which is a hang. */
  async settled(openCount: number, limitMs: number): Promise<boolean> {
    const limit = AbortSignal.timeout(limitMs);
    while (this.#openCount > openCount) {
      if (limit.aborted) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      limit.addEventListener('abort', () => {
        resolve();
      });
      await promise;
    }
    return true;
  }

  /** Nothing is owed by a connection that was cut off. */
  forget(): void {
    this.#open.clear();
    this.#openCount = 0;
  }

  /** What is not as it should be, when all has been said. */
  problems(): readonly string[] {
    const unanswered = Array.from(this.#open.values())
      .filter(({ owed }) => owed > 0)
      .map(({ owed, sent }) => `${owed} without an answer: ${sent}`);
    return [...this.#problems, ...unanswered];
  }
}

/** Words may be written in several ways. */
function keyOf(id: string): string {
  return id.startsWith('"') ? JSON.stringify(JSON.parse(id)) : id;
}
