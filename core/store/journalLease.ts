import type { Journal, JournalRecord } from './types.ts';

/** One holder's way to a thread's file that others may hold too; ending it does not end theirs. */
export class JournalLease implements Journal {
  readonly #file: Journal;
  readonly #release: () => Promise<void>;
  #closing: Promise<void> | undefined;

  constructor(file: Journal, release: () => Promise<void>) {
    this.#file = file;
    this.#release = release;
  }

  get path(): string {
    return this.#file.path;
  }

  get name(): string | null {
    return this.#file.name;
  }

  append(record: JournalRecord): Promise<void> {
    return this.#closing === undefined ? this.#file.append(record) : Promise.resolve();
  }

  commit(): void {
    this.#file.commit();
  }

  setPreview(text: string): void {
    if (this.#closing === undefined) this.#file.setPreview(text);
  }

  setName(name: string | null): void {
    if (this.#closing === undefined) this.#file.setName(name);
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#release();
    return this.#closing;
  }
}
