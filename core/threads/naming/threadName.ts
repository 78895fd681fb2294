import type { NewRecord } from '../history/index.ts';
import { saysWhatItIsAbout } from './saysWhatItIsAbout.ts';
import { titleOf } from './titleOf.ts';

export type ThreadNameOptions = {
  /** The one it has from earlier. */
  readonly name: string | null;
  /** Whether it makes itself one out of its first exchange. */
  readonly namesItself: boolean;
  /** What the user has said so far. */
  readonly userWords: () => Iterable<string>;
  /** Told of each name it gets. */
  readonly onName: (name: string) => void;
  /** Tells clients of a name. */
  readonly tell: (name: string) => void;
};

/** What a thread is called: as somebody has named it, else by what its first exchange was about. */
export class ThreadName {
  readonly #options: ThreadNameOptions;
  #value: string | null;
  /** Tells of a name that a turn gave which has ended, as soon as its end was told. */
  #untold: (() => void) | undefined;

  constructor(options: ThreadNameOptions) {
    this.#options = options;
    this.#value = options.name;
  }

  get value(): string | null {
    return this.#value;
  }

  /** Takes the place of the one it has; returns what tells clients of it. */
  give(name: string): () => void {
    this.#value = name;
    this.#options.onName(name);
    return () => {
      this.#options.tell(name);
    };
  }

  /** Something was recorded, which may say at last what the thread is about. */
  recorded(record: NewRecord): void {
    const { namesItself, userWords } = this.#options;
    if (!namesItself || this.#value !== null || !saysWhatItIsAbout(record)) return;
    const title = titleOf(userWords());
    if (title === undefined) return;
    const tell = this.give(title);
    if (record.type === 'turnCompleted') this.#untold = tell;
    else tell();
  }

  /** Clients have been told that a turn is over. */
  turnEndTold(): void {
    this.#untold?.();
    this.#untold = undefined;
  }
}
