import type { FileChangeLog, TurnFileChanges } from '../../../tools/index.ts';

/** The files that a turn changes; nearly all turns change none, so what follows them is loaded with the first. */
export class ChangedFiles implements FileChangeLog {
  readonly #load: () => Promise<TurnFileChanges>;
  #changes: Promise<TurnFileChanges> | undefined;

  constructor(load: () => Promise<TurnFileChanges>) {
    this.#load = load;
  }

  async made(...edits: Parameters<FileChangeLog['made']>): Promise<void> {
    this.#changes ??= this.#load();
    await (await this.#changes).made(...edits);
  }

  /** Something that may have changed them has ended. Absent where there are none to look at. */
  get look(): (() => Promise<void>) | undefined {
    const changes = this.#changes;
    return changes && (async () => (await changes).look());
  }
}
