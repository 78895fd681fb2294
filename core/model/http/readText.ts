import type { HttpResponse } from './httpPort.ts';

/**
 * The body as text, up to a limit; of one that is longer the beginning, and `isWhole` is false. The
 * connection is kept after a body that was read to its end, and closed after any other.
 */
export async function readText(
  response: HttpResponse,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let room = maxBytes;
  try {
    for await (const bytes of response.body) {
      text += decoder.decode(bytes.subarray(0, room), { stream: true });
      room -= bytes.length;
      if (room < 0) return { text, isWhole: false };
    }
    text += decoder.decode();
    response.release();
    return { text, isWhole: true };
  } finally {
    response.discard();
  }
}
