import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Clock } from '../base/index.ts';
import { ensurePrivateFolder, PRIVATE_FILE_MODE } from '../platform/index.ts';
import { metaLine, nameLine, previewLine, recordLine, type ThreadSummary } from './journalLines.ts';
import type { Journal, JournalRecord } from './types.ts';

/** What the store learns of its files. */
export type JournalFileEvents = {
  onWritten(path: string, summary: ThreadSummary, sizeBytes: number): void;
  /** Writing failed; it will be tried again with the next record. */
  onWriteFailed(path: string, error: unknown): void;
  /** Nothing more of this thread will be written, `reason` says why. */
  onGivenUp(path: string, reason: string): void;
  onRecordRefused(path: string, error: unknown): void;
  onClosed(): void;
};

type Batch = { readonly text: string; readonly summary: ThreadSummary };

/** How much may wait in memory for a disk that takes nothing; beyond it the file is given up. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

export class JournalFile implements Journal {
  readonly path: string;
  readonly #clock: Pick<Clock, 'nowMs'>;
  readonly #events: JournalFileEvents;
  #summary: ThreadSummary;
  /** False until the first record: preview and name set before that are written with it. */
  #isMaterialized: boolean;
  #waiting: Batch[] = [];
  #waitingBytes = 0;
  #file: FileHandle | undefined;
  /** Bytes that are known to be whole lines; undefined before the file was first opened. */
  #wholeBytes: number | undefined;
  #pumping: Promise<void> | undefined;
  #closing: Promise<void> | undefined;
  #isGivenUp = false;

  constructor(
    path: string,
    start: { readonly summary: ThreadSummary; readonly isOnDisk: boolean },
    clock: Pick<Clock, 'nowMs'>,
    events: JournalFileEvents,
  ) {
    this.path = path;
    this.#summary = start.summary;
    this.#isMaterialized = start.isOnDisk;
    this.#clock = clock;
    this.#events = events;
  }

  append(record: JournalRecord): void {
    const nowMs = this.#clock.nowMs();
    let line: string;
    try {
      line = recordLine(nowMs, record);
    } catch (error) {
      this.#events.onRecordRefused(this.path, error);
      return;
    }
    if (!this.#isMaterialized) {
      this.#isMaterialized = true;
      line = this.#head(nowMs) + line;
    }
    this.#enqueue(line, { ...this.#summary, updatedAtMs: nowMs });
  }

  setPreview(text: string): void {
    this.#change({ preview: text }, (nowMs) => previewLine(nowMs, text));
  }

  setName(name: string | null): void {
    this.#change({ name }, (nowMs) => nameLine(nowMs, name));
  }

  async flush(): Promise<void> {
    if (this.#closing === undefined) this.#pump();
    await this.#pumping;
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  #change(
    change: { readonly preview: string } | { readonly name: string | null },
    line: (nowMs: number) => string,
  ): void {
    if (!this.#isMaterialized) {
      this.#summary = { ...this.#summary, ...change };
      return;
    }
    const nowMs = this.#clock.nowMs();
    this.#enqueue(line(nowMs), { ...this.#summary, ...change, updatedAtMs: nowMs });
  }

  #head(nowMs: number): string {
    const { meta, preview, name } = this.#summary;
    return [
      metaLine(nowMs, meta),
      preview === '' ? '' : previewLine(nowMs, preview),
      name === null ? '' : nameLine(nowMs, name),
    ].join('');
  }

  #enqueue(text: string, summary: ThreadSummary): void {
    if (this.#closing !== undefined || this.#isGivenUp) return;
    this.#summary = summary;
    this.#waiting.push({ text, summary });
    this.#waitingBytes += text.length;
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#giveUp('too much was waiting for a disk that takes nothing');
      return;
    }
    this.#pump();
  }

  #giveUp(reason: string): void {
    this.#isGivenUp = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#events.onGivenUp(this.path, reason);
  }

  #pump(): void {
    if (this.#waiting.length === 0) return;
    this.#pumping ??= this.#writeWaiting();
  }

  /** Writes until nothing waits; what came meanwhile goes together into the next write. */
  async #writeWaiting(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatches(Array.from(this.#waiting));
    } catch (error) {
      await this.#letGo();
      this.#events.onWriteFailed(this.path, error);
    } finally {
      // In the same step as the last look at the queue, so that no record falls in between.
      this.#pumping = undefined;
    }
  }

  async #writeBatches(batches: readonly Batch[]): Promise<void> {
    await this.#write(batches.map((batch) => batch.text).join(''));
    // Giving up meanwhile has emptied the queue; otherwise new batches stand behind these.
    if (!this.#isGivenUp) this.#waiting = this.#waiting.slice(batches.length);
    this.#waitingBytes = this.#waiting.reduce((sum, batch) => sum + batch.text.length, 0);
    const summary = batches.at(-1)?.summary ?? this.#summary;
    this.#events.onWritten(this.path, summary, this.#wholeBytes ?? 0);
  }

  async #write(text: string): Promise<void> {
    const file = (this.#file ??= await this.#openFile());
    const bytes = Buffer.from(text, 'utf8');
    await file.writeFile(bytes);
    this.#wholeBytes = (this.#wholeBytes ?? 0) + bytes.byteLength;
  }

  /** Opens at the end of the last whole line: a crash or a full disk may have left part of one. */
  async #openFile(): Promise<FileHandle> {
    await ensurePrivateFolder(dirname(this.path));
    const file = await open(this.path, 'a+', PRIVATE_FILE_MODE);
    try {
      const { size } = await file.stat();
      const wholeBytes = this.#wholeBytes ?? (await endOfLastLine(file, size));
      if (wholeBytes < size) await file.truncate(wholeBytes);
      this.#wholeBytes = wholeBytes;
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #letGo(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    try {
      await file?.close();
    } catch {
      // A disk that refused the write may refuse this too; the write's error is the one to report.
    }
  }

  async #closeOnce(): Promise<void> {
    this.#pump();
    await this.#pumping;
    await this.#letGo();
    this.#events.onClosed();
  }
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** The offset behind the last line end of a file, searched from its end. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size));
  for (let end = size; end > 0; end -= chunk.byteLength) {
    const start = Math.max(0, end - chunk.byteLength);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const index = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (index >= 0) return start + index + 1;
  }
  return 0;
}
