import { RecordingError } from '../../../recordings/index.ts';
import { invalidRequest } from '../../../rpc/index.ts';
import type { Services } from '../../services.ts';
import type { Handlers } from '../handler.ts';
import { checkId, refusing } from '../params.ts';

type RecordingHandlers = Pick<
  Handlers,
  'thread/realtime/recording/append' | 'thread/realtime/recording/read'
>;

/** Recordings of conversations, which clients make and the engine keeps. */
export function recordingHandlers({ threads, recordings }: Services): RecordingHandlers {
  return {
    'thread/realtime/recording/append': async (params, client) => {
      const { threadId, recordingId, mimeType, data, durationMs, last } = params;
      checkId(threadId);
      if (threads.require(threadId).journal === undefined) {
        throw invalidRequest('an ephemeral thread keeps no recordings');
      }
      const bytes = Buffer.from(data, 'base64');
      const piece = { threadId, recordingId, mimeType, bytes, durationMs, isLast: last };
      return { result: { sizeBytes: await refusing(recordings.append(client, piece), asRefusal) } };
    },

    'thread/realtime/recording/read': async ({ threadId, recordingId, offset }) => {
      checkId(threadId);
      const chunk = await refusing(recordings.read(threadId, recordingId, offset), asRefusal);
      const { mimeType, bytes, nextOffset, sizeBytes } = chunk;
      const data = Buffer.from(bytes).toString('base64');
      return { result: { mimeType, data, nextOffset, sizeBytes } };
    },
  };
}

function asRefusal(error: unknown): Error | undefined {
  return error instanceof RecordingError ? invalidRequest(error.message) : undefined;
}
