import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { errorText, hasCode, KeyedQueue, ProductError } from '../base/index.ts';
import { ensurePrivateFolder, PRIVATE_FILE_MODE } from '../platform/index.ts';

/** One piece of a recording, in order. */
export type RecordingPiece = {
  readonly threadId: string;
  readonly recordingId: string;
  /** As the recorder names it; parameters such as codecs may follow a semicolon. */
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** Length of the whole recording up to the end of this piece. */
  readonly durationMs: number;
  readonly isLast: boolean;
};

/** A recording that gets no more pieces. */
export type WholeRecording = {
  readonly threadId: string;
  readonly recordingId: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  readonly durationMs: number;
};

export type RecordingChunk = {
  readonly mimeType: string;
  readonly bytes: Uint8Array;
  /** Where the next chunk begins; null after the last one. */
  readonly nextOffset: number | null;
  readonly sizeBytes: number;
};

/** A recording cannot be kept or read; the message says why, for people. */
export class RecordingError extends ProductError {
  readonly code: 'badType' | 'tooLarge' | 'isWhole' | 'unknown' | 'storage';
  readonly retryable = false;

  constructor(code: RecordingError['code'], message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What browsers record sound in, and the ending of its files. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['audio/webm', 'webm'],
  ['audio/ogg', 'ogg'],
  ['audio/mp4', 'm4a'],
]);

/** About three days of speech; beyond it something has gone wrong. */
const MAX_RECORDING_BYTES = 1024 * 1024 * 1024;
const READ_BYTES = 256 * 1024;

type Growing = {
  readonly owner: object;
  readonly mimeType: string;
  readonly path: string;
  readonly file: FileHandle;
  readonly threadId: string;
  readonly recordingId: string;
  sizeBytes: number;
  durationMs: number;
};

/**
 * Recordings of conversations as files below one folder, which only the user may read: one folder per
 * thread, one file per recording, written piece by piece as they come. `onWhole` is told of each that
 * ended, with its last piece or because whoever made it has gone.
 */
export class Recordings {
  readonly #folder: string;
  readonly #onWhole: (recording: WholeRecording) => void;
  readonly #growing = new Map<string, Growing>();
  /** One thing at a time per recording, in the order asked for. */
  readonly #busy = new KeyedQueue();

  constructor(folder: string, onWhole: (recording: WholeRecording) => void) {
    this.#folder = folder;
    this.#onWhole = onWhole;
  }

  /** Resolves to the bytes kept so far. Throws `RecordingError`. */
  append(owner: object, piece: RecordingPiece): Promise<number> {
    return this.#busy.run(piece.recordingId, async () => {
      const growing = this.#growing.get(piece.recordingId) ?? (await this.#begin(owner, piece));
      if (growing.owner !== owner || growing.threadId !== piece.threadId) {
        throw new RecordingError('isWhole', 'Another client makes this recording.');
      }
      if (growing.sizeBytes + piece.bytes.length > MAX_RECORDING_BYTES) {
        await this.#end(growing);
        throw new RecordingError('tooLarge', 'The recording has reached its limit of 1 GiB.');
      }
      try {
        await growing.file.appendFile(piece.bytes);
      } catch (error) {
        await this.#end(growing);
        throw notStored(error);
      }
      growing.sizeBytes += piece.bytes.length;
      growing.durationMs = Math.max(growing.durationMs, piece.durationMs);
      if (piece.isLast) await this.#end(growing);
      return growing.sizeBytes;
    });
  }

  /** Reads a part of a kept recording, one that still grows included. Throws `RecordingError`. */
  async read(threadId: string, recordingId: string, offset: number): Promise<RecordingChunk> {
    for (const [mimeType, ending] of TYPES) {
      const chunk = await readChunk(this.#path(threadId, recordingId, ending), offset);
      if (chunk !== undefined) return { mimeType, ...chunk };
    }
    throw new RecordingError('unknown', `There is no recording ${recordingId} in this thread.`);
  }

  /** Whoever made them has gone: its recordings are whole as they are. Never rejects. */
  async leave(owner: object): Promise<void> {
    await this.#endAll((growing) => growing.owner === owner);
  }

  /** Removes all recordings of a thread; those that grow end. Throws `RecordingError`. */
  async delete(threadId: string): Promise<void> {
    await this.#endAll((growing) => growing.threadId === threadId);
    try {
      await rm(join(this.#folder, threadId), { recursive: true, force: true });
    } catch (error) {
      throw notRemoved(error);
    }
  }

  /** Ends all that still grow. */
  async close(): Promise<void> {
    await this.#endAll(() => true);
  }

  async #endAll(isMeant: (growing: Growing) => boolean): Promise<void> {
    // What was sent last may still be under way, a beginning among it.
    await this.#busy.settled();
    const meant = Array.from(this.#growing.values()).filter(isMeant);
    await Promise.all(
      meant.map(({ recordingId }) =>
        this.#busy.run(recordingId, async () => {
          const growing = this.#growing.get(recordingId);
          if (growing !== undefined) await this.#end(growing);
        }),
      ),
    );
  }

  async #begin(owner: object, piece: RecordingPiece): Promise<Growing> {
    const { threadId, recordingId } = piece;
    const mimeType = piece.mimeType.split(';')[0]?.trim().toLowerCase() ?? '';
    const ending = TYPES.get(mimeType);
    if (ending === undefined) {
      const known = Array.from(TYPES.keys()).join(', ');
      throw new RecordingError(
        'badType',
        `Recordings are kept as ${known}, not as ${JSON.stringify(piece.mimeType)}.`,
      );
    }
    const path = this.#path(threadId, recordingId, ending);
    await ensurePrivateFolder(join(this.#folder, threadId)).catch((error: unknown) => {
      throw notStored(error);
    });
    let file: FileHandle;
    try {
      file = await open(path, 'ax', PRIVATE_FILE_MODE);
    } catch (error) {
      if (hasCode(error, 'EEXIST')) {
        throw new RecordingError('isWhole', 'This recording has ended; begin one with a new id.');
      }
      throw notStored(error);
    }
    const ids = { owner, threadId, recordingId };
    const growing = { ...ids, mimeType, path, file, sizeBytes: 0, durationMs: 0 };
    this.#growing.set(recordingId, growing);
    return growing;
  }

  async #end({ file, path, threadId, recordingId, mimeType, ...rest }: Growing): Promise<void> {
    const { sizeBytes, durationMs } = rest;
    const whole = { threadId, recordingId, mimeType, sizeBytes, durationMs };
    this.#growing.delete(recordingId);
    await file.close().catch(() => undefined);
    if (whole.sizeBytes > 0) this.#onWhole(whole);
    // An empty file that stays is no harm, and nobody asked for this.
    else await rm(path, { force: true }).catch(() => undefined);
  }

  #path(threadId: string, recordingId: string, ending: string): string {
    return join(this.#folder, threadId, `${recordingId}.${ending}`);
  }
}

async function readChunk(
  path: string,
  offset: number,
): Promise<Omit<RecordingChunk, 'mimeType'> | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw notStored(error);
  }
  try {
    const { size: sizeBytes } = await stat(path);
    const buffer = Buffer.alloc(Math.max(0, Math.min(READ_BYTES, sizeBytes - offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const end = offset + bytesRead;
    return {
      bytes: buffer.subarray(0, bytesRead),
      nextOffset: end < sizeBytes ? end : null,
      sizeBytes,
    };
  } finally {
    await file.close();
  }
}

function notStored(cause: unknown): RecordingError {
  if (hasCode(cause, 'ENOSPC')) {
    return new RecordingError('storage', 'The disk is full: the recording was ended.', { cause });
  }
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new RecordingError('storage', `The recording cannot be stored${code}.`, { cause });
}

function notRemoved(cause: unknown): RecordingError {
  return new RecordingError('storage', `The recordings cannot be removed: ${errorText(cause)}`, {
    cause,
  });
}
