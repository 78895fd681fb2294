import { decodeBytes, encodeBytes } from '../media/index.ts';
import type { EngineHandlers, ScriptedEngine } from '../../core/protocol/testing/index.ts';

type Kept = { mimeType: string; bytes: number[]; durationMs: number };

const PIECE_BYTES = 20_000;

/** Keeps recordings in memory as the engine keeps them with the thread. */
export function recordingHandlers(engine: () => ScriptedEngine): EngineHandlers {
  const all = new Map<string, Kept>();
  return {
    'thread/realtime/recording/append': (params) => {
      const { threadId, recordingId, mimeType, data, durationMs, last } = params;
      const kept = all.get(recordingId) ?? { mimeType, bytes: [], durationMs };
      all.set(recordingId, kept);
      kept.bytes.push(...(decodeBytes(data) ?? []));
      kept.durationMs = durationMs;
      const sizeBytes = kept.bytes.length;
      if (last)
        engine().notify('thread/realtime/item/completed', {
          threadId,
          item: {
            type: 'recording',
            id: recordingId,
            realtimeSessionId: threadId,
            mimeType,
            sizeBytes,
            durationMs,
          },
        });
      return { sizeBytes };
    },
    'thread/realtime/recording/read': ({ recordingId, offset }) => {
      const kept = all.get(recordingId);
      if (kept === undefined) throw new Error('There is no such recording.');
      const end = Math.min(kept.bytes.length, offset + PIECE_BYTES);
      return {
        mimeType: kept.mimeType,
        data: encodeBytes(Uint8Array.from(kept.bytes.slice(offset, end))),
        nextOffset: end < kept.bytes.length ? end : null,
        sizeBytes: kept.bytes.length,
      };
    },
  };
}
