import { cutTranscript, findEntry, joinSpans, truncateEntry } from './entries.ts';
import { closeOpenMessage } from './outputSteps.ts';
import { advance, armIdle, closeDrained, sentSamples } from './playout.ts';
import { endResponse } from './responseSteps.ts';
import { type Draft, type Playing, SAMPLES_PER_MS } from './state.ts';

/** Takes note of what a call has sent of the response whose turn it is. */
export function audioSent(draft: Draft, responseId: string, sampleCount: number): void {
  const [playing, ...later] = draft.state.playout ?? [];
  if (playing?.responseId !== responseId || sampleCount === 0) return;
  const first = sentSamples(playing) === 0;
  draft.set({ playout: [advance(playing, sampleCount), ...later] });
  if (first) draft.send({ type: 'output_audio_buffer.started', response_id: responseId });
  closeDrained(draft);
  if (draft.state.playout?.length === 0) armIdle(draft, draft.ports.nowMs());
}

/** The response in whose sound this item has still something to say. */
export function findUnsent(draft: Draft, itemId: string): Playing | undefined {
  return draft.state.playout?.find(({ items }) =>
    items.some((item) => item.itemId === itemId && item.sent < item.total),
  );
}

/**
 * Silences a call: what has not gone out is dropped, the responses it belongs to end, and their
 * messages end where they were cut, so that the conversation holds what could be heard. `cut` may
 * move that place, given in ms. On a WebSocket there is nothing to silence.
 */
export function clearPlayout(
  draft: Draft,
  reason: 'turn_detected' | 'client_cancelled',
  which: readonly Playing[] = draft.state.playout ?? [],
  cut: (itemId: string, sentMs: number) => number = (_, sentMs) => sentMs,
): void {
  if (which.length === 0) return;
  draft.set({ playout: draft.state.playout?.filter((playing) => !which.includes(playing)) });
  for (const { responseId } of which) {
    draft.do({ type: 'dropAudio', responseId });
    draft.send({ type: 'output_audio_buffer.cleared', response_id: responseId });
  }
  for (const playing of which) {
    const { responseId, items } = playing;
    closeOpenMessage(draft, responseId, 'incomplete');
    for (const { itemId, sent, total } of items) {
      const endMs = cut(itemId, sent / SAMPLES_PER_MS);
      if (sent < total || hasWordsAfter(draft, itemId, endMs)) truncateEntry(draft, itemId, endMs);
    }
    endResponse(draft, responseId, { status: 'cancelled', reason });
  }
}

/** Words that are ahead of their sound were not heard even when all sound there is was sent. */
function hasWordsAfter(draft: Draft, itemId: string, endMs: number): boolean {
  const spans = findEntry(draft, itemId)?.spans ?? [];
  return joinSpans(cutTranscript(spans, endMs)) !== joinSpans(spans);
}
