import { type Clock, errorText, ProductError } from '../base/index.ts';
import { type AttachedBytes, type Attachments, setAside } from './attachments.ts';
import { addLine, type CommitGroup, newGroup, putBefore } from './commitGroup.ts';
import type { GrowingFile, JournalDisk } from './journalDisk.ts';
import { metaLine, nameLine, previewLine, recordLine, type ThreadSummary } from './journalLines.ts';
import type { Ownership } from './threadOwners.ts';
import { type Journal, type JournalRecord, VERBATIM_RECORD } from './types.ts';

/** What the store learns of its files. */
export type JournalFileEvents = {
  onWritten(path: string, summary: ThreadSummary, sizeBytes: number): void;
  /** Somebody has taken away of what the file held. */
  onShortened(path: string): void;
  /** Writing failed and is tried again with the next record; `isNews` unless it had failed before. */
  onWriteFailed(path: string, reason: string, isNews: boolean): void;
  /** Nothing more of this thread will be written, `reason` says why. */
  onGivenUp(path: string, reason: string): void;
  /** All that had failed, and was not given up, is on the disk. */
  onSavedAgain(): void;
  onRecordRefused(path: string, error: unknown): void;
  onClosed(): void;
};

export type JournalFileOptions = {
  readonly path: string;
  readonly summary: ThreadSummary;
  readonly isOnDisk: boolean;
  /** The right to write, where it was taken already. */
  readonly ownership: Ownership | undefined;
  /** Takes it, before the first write. */
  readonly own: () => Promise<Ownership>;
  readonly disk: JournalDisk;
  readonly attachments: Attachments;
  readonly clock: Clock;
  readonly events: JournalFileEvents;
};

/** After this long a disk that says nothing counts as one that refuses, though it may come back. */
const DISK_PATIENCE_MS = 10_000;

/** How much may wait in memory for a disk that refuses; beyond it the file is given up. */
const MAX_FAILED_SIZE = 64 * 1024 * 1024;

/**
 * A thread's file. Commits are made in groups: what is appended in one tick, or while a write and its
 * sync are under way, goes together into the next, so a slow disk makes groups larger and no queue longer.
 */
export class JournalFile implements Journal {
  readonly path: string;
  readonly #options: JournalFileOptions;
  #summary: ThreadSummary;
  /** False until the first record: preview and name set before that are written with it. */
  #isMaterialized: boolean;
  /** Something was said here, and the thread is not just open. */
  #isUsed = false;
  #waiting: CommitGroup | undefined;
  #committing: CommitGroup | undefined;
  /** The last write failed, or is a silent one. */
  #isFailing = false;
  /** The write under way has taken so long that nobody waits for it any more. */
  #isSilent = false;
  #ownership: Ownership | undefined;
  #opening: Promise<GrowingFile> | undefined;
  /** Once it is open. */
  #file: GrowingFile | undefined;
  /** How much of the file is whole lines that were synced; undefined before it was first opened. */
  #wholeBytes: number | undefined;
  /** Closed because nothing was written for long, and not because a write failed. */
  #isResting = false;
  #pumping: Promise<void> | undefined;
  /** While what was appended may still get company: ends that. */
  #startCommit: (() => void) | undefined;
  #closing: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #isGivenUp = false;

  constructor(options: JournalFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#summary = options.summary;
    this.#isMaterialized = options.isOnDisk;
    this.#ownership = options.ownership;
  }

  get name(): string | null {
    return this.#summary.name;
  }

  append(record: JournalRecord): Promise<void> {
    const { clock, events } = this.#options;
    const nowMs = clock.nowMs();
    let line: string;
    let attached: AttachedBytes = new Map();
    try {
      line = recordLine(nowMs, record);
      if (record.type !== VERBATIM_RECORD) ({ line, attached } = setAside(line));
    } catch (error) {
      events.onRecordRefused(this.path, error);
      return Promise.resolve();
    }
    this.#isUsed = true;
    if (!this.#isMaterialized) {
      this.#isMaterialized = true;
      line = this.#head(nowMs) + line;
    }
    return this.#enqueue(line, { ...this.#summary, updatedAtMs: nowMs }, attached);
  }

  commit(): void {
    this.#startCommit?.();
  }

  setPreview(text: string): void {
    this.#change({ preview: text }, (nowMs) => previewLine(nowMs, text));
  }

  setName(name: string | null): void {
    this.#change({ name }, (nowMs) => nameLine(nowMs, name));
  }

  async flush(): Promise<void> {
    if (this.#ending !== undefined) return this.close();
    this.#pump();
    return this.#isSilent ? undefined : (this.#waiting ?? this.#committing)?.settled.promise;
  }

  /** Gives the disk a last chance, and resolves without it when that is over: what is left is up to `end`. */
  close(): Promise<void> {
    this.#closing ??= this.#patiently(this.end());
    return this.#closing;
  }

  /** Closes, and resolves when nothing more can be written, however long the disk takes. */
  end(): Promise<void> {
    this.#ending ??= this.#endOnce();
    return this.#ending;
  }

  /** Closes the file until something is to be written again; does nothing while something is. */
  async rest(): Promise<void> {
    if (this.#pumping !== undefined || this.#opening === undefined) return;
    this.#isResting = true;
    await this.#letGo();
  }

  #change(
    change: { readonly preview: string } | { readonly name: string | null },
    line: (nowMs: number) => string,
  ): void {
    if (!this.#isMaterialized) {
      this.#summary = { ...this.#summary, ...change };
      return;
    }
    const nowMs = this.#options.clock.nowMs();
    void this.#enqueue(line(nowMs), { ...this.#summary, ...change, updatedAtMs: nowMs });
  }

  readonly #headBytes = (): Uint8Array => Buffer.from(this.#head(this.#options.clock.nowMs()));

  #head(nowMs: number): string {
    const { meta, preview, name } = this.#summary;
    return [
      metaLine(nowMs, meta),
      preview === '' ? '' : previewLine(nowMs, preview),
      name === null ? '' : nameLine(nowMs, name),
    ].join('');
  }

  #enqueue(line: string, summary: ThreadSummary, attached?: AttachedBytes): Promise<void> {
    if (this.#ending !== undefined || this.#isGivenUp) return Promise.resolve();
    this.#summary = summary;
    const group = (this.#waiting ??= newGroup(summary));
    addLine(group, line, summary, attached);
    if (this.#isFailing && group.size > MAX_FAILED_SIZE) {
      this.#giveUp('too much was waiting for a disk that takes nothing');
    }
    this.#pump();
    return this.#isSilent ? Promise.resolve() : group.settled.promise;
  }

  #giveUp(reason: string): void {
    this.#isGivenUp = true;
    this.#options.events.onGivenUp(this.path, reason);
    this.#waiting?.settled.resolve();
    this.#waiting = undefined;
  }

  #pump(): void {
    if (this.#waiting === undefined || this.#pumping !== undefined) return;
    // A disk that has refused is asked as late as can be.
    if (!this.#isFailing) this.#open().catch(() => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pumping = promise;
    const start = (): void => {
      clearImmediate(comingRound);
      this.#startCommit = undefined;
      resolve(this.#commitWaiting());
    };
    // Whoever appended is not done: what it appends in this tick belongs to the same group, which halves
    // the syncs of a turn.
    const comingRound = setImmediate(start);
    this.#startCommit = start;
  }

  /** Commits one group after the other until nothing waits, or one fails. */
  async #commitWaiting(): Promise<void> {
    while (this.#waiting !== undefined) {
      const group = this.#waiting;
      this.#waiting = undefined;
      this.#committing = group;
      const impatience = this.#options.clock.after(DISK_PATIENCE_MS, this.#losePatience);
      try {
        await this.#commit(group);
      } catch (error) {
        await this.#letGo();
        this.#putBack(group);
        this.#fail(error);
        break;
      } finally {
        impatience.cancel();
        this.#isSilent = false;
        this.#committing = undefined;
      }
    }
    // In the same step as the last look at what waits, so that no record falls in between.
    this.#pumping = undefined;
  }

  async #commit({ lines, attached, summary, settled }: CommitGroup): Promise<void> {
    const bytes = Buffer.from(lines.join(''), 'utf8');
    // In the same step where that can be: whoever has said that this is to begin goes on for long.
    const file = this.#file ?? (await this.#open());
    if (this.#isUsed) this.#ownership?.use();
    if (attached.size > 0) await this.#options.attachments.keep(attached);
    const { sizeBytes, wasShortened } = await file.append(bytes, this.#headBytes);
    // What a failed sync leaves behind is unknown; then all from the last good sync on is written again.
    await file.sync();
    this.#wholeBytes = sizeBytes;
    const { events } = this.#options;
    if (this.#isFailing && !this.#isGivenUp) {
      this.#isFailing = false;
      events.onSavedAgain();
    }
    if (wasShortened) events.onShortened(this.path);
    events.onWritten(this.path, summary, sizeBytes);
    settled.resolve();
  }

  async #open(): Promise<GrowingFile> {
    const opening = (this.#opening ??= this.#openOnce());
    const file = await opening;
    if (this.#opening === opening) this.#file = file;
    return file;
  }

  async #openOnce(): Promise<GrowingFile> {
    const { disk, own } = this.#options;
    this.#ownership ??= await own();
    const wholeBytes = this.#wholeBytes;
    const known = wholeBytes === undefined ? undefined : { wholeBytes, isTorn: !this.#isResting };
    const { file, sizeBytes } = await disk.open(this.path, known);
    this.#isResting = false;
    this.#wholeBytes = sizeBytes;
    return file;
  }

  /** What was to be written stays in front of what came meanwhile; the next record tries again. */
  #putBack(group: CommitGroup): void {
    group.settled.resolve();
    if (this.#isGivenUp) return;
    this.#waiting = putBefore(group, this.#waiting);
  }

  readonly #losePatience = (): void => {
    this.#isSilent = true;
    this.#fail(new DiskSilentError());
    this.#committing?.settled.resolve();
    this.#waiting?.settled.resolve();
  };

  #fail(error: unknown): void {
    const isNews = !this.#isFailing;
    this.#isFailing = true;
    this.#options.events.onWriteFailed(this.path, errorText(error), isNews);
  }

  async #letGo(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#file = undefined;
    try {
      const file = await opening;
      await file?.close();
    } catch {
      // A disk that refused the write may refuse this too; the write's error is the one to report.
    }
  }

  async #endOnce(): Promise<void> {
    this.#pump();
    await this.#pumping;
    await this.#letGo();
    await this.#ownership?.release();
    this.#options.events.onClosed();
  }

  /** Resolves with `work`, or when the disk has not done it for too long. */
  async #patiently(work: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const impatience = this.#options.clock.after(DISK_PATIENCE_MS, resolve);
    await Promise.race([work, promise]);
    impatience.cancel();
  }
}

class DiskSilentError extends ProductError {
  readonly code = 'diskSilent';
  readonly retryable = true;

  constructor() {
    super(`the disk has not answered for ${DISK_PATIENCE_MS / 1000} s`);
  }
}
