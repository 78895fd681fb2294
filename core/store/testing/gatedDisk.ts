import type { GrowingFile, JournalDisk, KnownFile, OpenedFile } from '../journalDisk.ts';

/** A disk in memory with one file, which counts, can be made to wait, and refuses when told to. */
export class GatedDisk implements JournalDisk {
  /** What was written at a time. */
  readonly writes: string[] = [];
  syncs = 0;
  opens = 0;
  /** While set, every sync waits for it. */
  gate: PromiseWithResolvers<void> | undefined;
  /** Refuses what comes next of its kind, once. */
  refusal: { readonly at: 'open' | 'append' | 'sync'; readonly error: Error } | undefined;
  #bytes = Buffer.alloc(0);
  #syncing = Promise.withResolvers<void>();

  /** What the file holds. */
  get content(): string {
    return this.#bytes.toString('utf8');
  }

  /** Resolves when the next sync has begun. */
  async nextSync(): Promise<void> {
    await this.#syncing.promise;
  }

  async open(_path: string, known: KnownFile | undefined): Promise<OpenedFile> {
    this.#refuse('open');
    this.opens += 1;
    this.#bytes = this.#bytes.subarray(0, known?.wholeBytes);
    return { file: this.#file, sizeBytes: this.#bytes.byteLength };
  }

  readonly #file: GrowingFile = {
    append: async (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#refuse('append');
      this.writes.push(Buffer.from(bytes).toString('utf8'));
      return { sizeBytes: this.#bytes.byteLength, wasShortened: false };
    },
    sync: async () => {
      this.#syncing.resolve();
      this.#syncing = Promise.withResolvers<void>();
      await this.gate?.promise;
      this.#refuse('sync');
      this.syncs += 1;
    },
    close: () => Promise.resolve(),
  };

  #refuse(at: 'open' | 'append' | 'sync'): void {
    if (this.refusal?.at !== at) return;
    const { error } = this.refusal;
    this.refusal = undefined;
    throw error;
  }
}
