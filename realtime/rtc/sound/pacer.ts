import { FRAME_MS } from '../port.ts';

/** Frames that go out together at most; after a longer stall the rest is left out. */
const MAX_TOGETHER = 3;

/** Frame `n` is due `n` times 20 ms after `startMs`. */
export type PacerState = { readonly startMs: number; readonly frames: number };

export type PacerResult = {
  readonly state: PacerState;
  /** Frames to send now. */
  readonly send: number;
  /** Frames passed over before those: their time is gone, what they would have held is not. */
  readonly skip: number;
  /** When to ask again. */
  readonly waitMs: number;
};

export const startPacer = (nowMs: number): PacerState => ({ startMs: nowMs, frames: 0 });

/** Counts frames by the clock and not by how often it is asked, so that nothing drifts. */
export function stepPacer(state: PacerState, nowMs: number): PacerResult {
  // The clock of the wall was set back: what was due stays sent, and time goes on from here.
  const startMs = Math.min(state.startMs, nowMs - (state.frames - 1) * FRAME_MS);
  const due = Math.floor((nowMs - startMs) / FRAME_MS) + 1 - state.frames;
  const send = Math.max(0, Math.min(due, MAX_TOGETHER));
  const skip = Math.max(0, due - send);
  const frames = state.frames + send + skip;
  return { state: { startMs, frames }, send, skip, waitMs: startMs + frames * FRAME_MS - nowMs };
}
