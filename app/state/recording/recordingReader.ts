import { ProductError } from '../../../core/base/index.ts';
import type { AppServerClient } from '../../../core/protocol/index.ts';
import { decodeBytes } from '../../media/index.ts';

/** A kept recording could not be read whole. */
class RecordingReadError extends ProductError {
  readonly code = 'recordingRead';
  readonly retryable = true;
}

// A day of sound; an engine that goes on beyond that has lost its way.
const BYTES_AT_MOST = 1_000_000_000;

/** Reads a kept recording piece by piece. Rejects with `RecordingReadError` or the client's errors. */
export async function readRecording(
  client: AppServerClient,
  threadId: string,
  recordingId: string,
): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let type = '';
  let offset: number | null = 0;
  while (offset !== null) {
    const piece: { mimeType: string; data: string; nextOffset: number | null } =
      await client.request('thread/realtime/recording/read', { threadId, recordingId, offset });
    const bytes = decodeBytes(piece.data);
    const { nextOffset } = piece;
    if (bytes === undefined || (nextOffset !== null && nextOffset <= offset))
      throw new RecordingReadError('The engine sent a piece of the recording that makes no sense.');
    if (nextOffset !== null && nextOffset > BYTES_AT_MOST)
      throw new RecordingReadError('The recording is too large to be played here.');
    parts.push(bytes);
    type = piece.mimeType;
    offset = nextOffset;
  }
  return new Blob(parts, { type });
}
