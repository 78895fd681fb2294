import type { Clock } from '../base/index.ts';
import {
  type AnyRecord,
  ConversationLog,
  type NewRecord,
  recordsOfTheEnd,
} from './history/index.ts';
import type { ThreadJournal } from './ports.ts';

export type ThreadMemoryOptions = {
  readonly clock: Clock;
  readonly journal: ThreadJournal | undefined;
  /** Records of earlier times; empty for a new thread. */
  readonly records: readonly AnyRecord[];
  /** When something last happened; absent for a new thread. */
  readonly updatedAtMs: number | undefined;
  /** Told of each record when it has gone to the journal, and of when it will be on the disk. */
  readonly onRecorded: (durable: Promise<void>) => void;
  /** Told when the first words of the user are known. */
  readonly onPreview: (preview: string) => void;
};

/** What a thread remembers, in memory and in its journal: every record goes to both, in one order. */
export class ThreadMemory {
  readonly log = new ConversationLog();
  readonly #options: ThreadMemoryOptions;
  /** Known here already; goes to the journal before whatever is written next, because opening writes nothing. */
  #unwritten: readonly NewRecord[];
  #updatedAtMs: number;
  #hasPreview: boolean;

  constructor(options: ThreadMemoryOptions) {
    this.#options = options;
    this.#updatedAtMs = options.updatedAtMs ?? options.clock.nowMs();
    for (const record of options.records) this.log.apply(record);
    this.#hasPreview = this.log.timeline.preview !== '';
    // Whoever has the thread now is the only one: what others left running runs no more.
    this.#unwritten = recordsOfTheEnd(this.log);
    for (const record of this.#unwritten) this.log.apply(record);
  }

  get updatedAtMs(): number {
    return this.#updatedAtMs;
  }

  /** Something has happened in the thread. */
  record(record: NewRecord): void {
    this.#updatedAtMs = this.#options.clock.nowMs();
    this.keep(record);
    if (this.#hasPreview) return;
    const { preview } = this.log.timeline;
    this.#hasPreview = preview !== '';
    if (this.#hasPreview) this.#options.onPreview(preview);
  }

  /** Writes down what nobody would call news. */
  keep(record: NewRecord): void {
    this.log.apply(record);
    const records = [...this.#unwritten, record];
    this.#unwritten = [];
    for (const each of records) {
      const durable = this.#options.journal?.append(each);
      if (durable !== undefined) this.#options.onRecorded(durable);
    }
  }
}
