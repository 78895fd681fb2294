import { defaultResponse, type Draft, type Playing } from './state.ts';

/** Puts sound of an item behind what a call has still to send; one response is heard at a time. */
export function queueAudio(
  draft: Draft,
  responseId: string,
  itemId: string,
  samples: Int16Array,
): void {
  const { playout = [] } = draft.state;
  const playing = playout.find((other) => other.responseId === responseId);
  const items = playing?.items ?? [];
  const last = items.at(-1);
  const grown =
    last?.itemId === itemId
      ? items.with(items.length - 1, { ...last, total: last.total + samples.length })
      : [...items, { itemId, sent: 0, total: samples.length }];
  const next = { responseId, items: grown };
  draft.set({
    playout:
      playing === undefined
        ? [...playout, next]
        : playout.map((other) => (other === playing ? next : other)),
  });
  draft.do({ type: 'playAudio', responseId, samples });
}

/** The same with so many more of its samples sent, from its first item to its last. */
export function advance(playing: Playing, sampleCount: number): Playing {
  let left = sampleCount;
  const items = playing.items.map((item) => {
    const step = Math.min(left, item.total - item.sent);
    left -= step;
    return { ...item, sent: item.sent + step };
  });
  return { ...playing, items };
}

export function sentSamples({ items }: Playing): number {
  return items.reduce((sum, { sent }) => sum + sent, 0);
}

function unsentSamples({ items }: Playing): number {
  return items.reduce((sum, { sent, total }) => sum + total - sent, 0);
}

/** Samples that go out before a response made now is heard to its end, its own included. */
export function samplesAhead(playout: readonly Playing[], responseId: string): number {
  const own = playout.findIndex((playing) => playing.responseId === responseId);
  const ahead = own < 0 ? playout : playout.slice(0, own + 1);
  return ahead.reduce((sum, playing) => sum + unsentSamples(playing), 0);
}

/** Says of each response that is over and has been sent to the last sample that it has been. */
export function closeDrained(draft: Draft): void {
  for (const playing of draft.state.playout ?? []) {
    const { responseId } = playing;
    const running = draft.state.responses.some(({ id }) => id === responseId);
    if (running || unsentSamples(playing) > 0) continue;
    draft.set({ playout: draft.state.playout?.filter((other) => other !== playing) });
    draft.send({ type: 'output_audio_buffer.stopped', response_id: responseId });
  }
}

/**
 * Begins the wait for a user who says nothing, when everything has been said. A call knows when that
 * is; on a WebSocket `heardAtMs` is the guess.
 */
export function armIdle(draft: Draft, heardAtMs: number): void {
  const { session, input, playout } = draft.state;
  const detection = session.input.turnDetection;
  if (detection?.type !== 'server_vad' || input.speech !== undefined) return;
  const idleMs = detection.idle_timeout_ms ?? undefined;
  if (idleMs === undefined || (playout ?? []).length > 0) return;
  if (defaultResponse(draft.state) !== undefined) return;
  const restMs = playout === undefined ? Math.max(0, heardAtMs - draft.ports.nowMs()) : 0;
  draft.do({ type: 'armIdle', delayMs: idleMs + restMs });
}
