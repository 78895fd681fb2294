import { open } from 'node:fs/promises';

import { errorText, hasCode } from '../base/index.ts';
import type { Logger } from '../platform/index.ts';
import type { Attachments } from './attachments.ts';
import { JournalTooLargeError, MAX_JOURNAL_BYTES } from './journalLines.ts';
import { type ReadJournal, readJournal } from './journalReading.ts';

/** Reads files of threads, and tells of each once what is wrong with it, however often that is met. */
export class JournalReader {
  readonly #attachments: Attachments;
  readonly #log: Logger;

  constructor(attachments: Attachments, log: Logger) {
    this.#attachments = attachments;
    this.#log = log;
  }

  /** undefined where there is none that can be read. */
  async read(path: string): Promise<ReadJournal | undefined> {
    const log = this.#log;
    const { onGone, onDamaged } = this.#newsOf(path);
    try {
      const journal = readJournal(await readWhole(path), {
        putBack: (line) => this.#attachments.putBack(line, onGone),
        onDamaged: () => {
          onDamaged(1);
        },
      });
      if (journal !== undefined && journal.damagedLines > 0) onDamaged(journal.damagedLines);
      return journal;
    } catch (error) {
      // A thread that was never used has none, and a person may have deleted one.
      const isAbsent = hasCode(error, 'ENOENT');
      log[isAbsent ? 'debug' : 'warn'](
        { path, reason: errorText(error) },
        'thread file cannot be read',
      );
      return undefined;
    }
  }

  #newsOf(path: string): {
    readonly onGone: (picture: string) => void;
    readonly onDamaged: (lines: number) => void;
  } {
    const log = this.#log;
    const told = new Set<string>();
    let isDamageTold = false;
    return {
      onGone: (gone) => {
        if (!told.has(gone)) log.warn({ path, gone }, 'a picture of a thread is gone');
        told.add(gone);
      },
      onDamaged: (damagedLines) => {
        if (isDamageTold) return;
        isDamageTold = true;
        log.warn({ path, damagedLines }, 'damaged lines of a thread stay as they are');
      },
    };
  }
}

/** In one piece, which a file that grows meanwhile may go beyond. */
async function readWhole(path: string): Promise<Buffer> {
  await using file = await open(path, 'r');
  const { size: sizeBytes } = await file.stat();
  if (sizeBytes > MAX_JOURNAL_BYTES) throw new JournalTooLargeError();
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let readBytes = 0;
  while (readBytes < sizeBytes) {
    const { bytesRead } = await file.read(bytes, readBytes, sizeBytes - readBytes, readBytes);
    if (bytesRead === 0) break;
    readBytes += bytesRead;
  }
  return bytes.subarray(0, readBytes);
}
